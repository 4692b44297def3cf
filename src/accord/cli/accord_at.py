"""The accord that a command goes by."""

from pathlib import Path
from typing import Annotated

import typer

from accord.cli.desk import refuse
from accord.cli.surroundings import surroundings
from accord.domain.accord import Accord
from accord.settings.accord_file import Loaded, UnsoundAccordError, load_accord

File = Annotated[Path, typer.Option("--file", help="The accord file.")]


def accord_at(context: typer.Context, file: Path) -> Accord:
    """Return the accord of ``file``; end the program where it cannot be used."""
    return loaded_at(context, file).accord


def loaded_at(context: typer.Context, file: Path) -> Loaded:
    """Return the accord of ``file`` and its systems; end the program where it cannot be used."""
    around = surroundings(context)
    try:
        return load_accord(file, around.catalogue(), around.environment)
    except UnsoundAccordError as error:
        refuse(str(error))
