"""What was sent, noted outside of the database: an older copy of it gives itself away by it."""

import asyncio
import contextlib
import fcntl
import os
from pathlib import Path

import msgspec

from accord.domain.errors import UnusableInputError
from accord.engine.notice_ledger import Mark

FILE_NAME = "send-mark.json"


class SendMarkFile:
    """A ``SendMark`` in a small file. Processes on one machine share it."""

    def __init__(self, path: Path) -> None:
        """Use the file at ``path``; its folder is made when it is needed."""
        self._path = path

    async def read(self) -> Mark | None:
        """Return what was written last, None if nothing was.

        Raises ``UnusableInputError`` for a file that somebody else wrote.
        """
        return await asyncio.to_thread(self._read)

    async def write(self, mark: Mark) -> None:
        """Keep ``mark`` durably, unless more is known of the same epoch already."""
        await asyncio.to_thread(self._write, mark)

    def _read(self) -> Mark | None:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Mark)
        except FileNotFoundError:
            return None
        except msgspec.DecodeError as error:
            what = f"{self._path} is no send mark ({error})."
            message = f"{what} Restore it, or remove it and say: accord notices resume"
            raise UnusableInputError(message) from error

    def _write(self, mark: Mark) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            known = self._read()
            if known is not None and known.epoch == mark.epoch and known.sends >= mark.sends:
                return
            self._replace(msgspec.json.encode(mark))

    def _replace(self, body: bytes) -> None:
        """Put ``body`` in the place of the file, so that a crash leaves the one or the other."""
        fresh = self._path.with_suffix(".new")
        with fresh.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
        with contextlib.suppress(OSError):  # some file systems keep no folder open
            folder = os.open(self._path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
