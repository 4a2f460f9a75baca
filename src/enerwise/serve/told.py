"""What every command is wrapped in: troubles become messages and exit codes."""

import functools
import os
from collections.abc import Callable
from typing import Final, ParamSpec

import typer

from enerwise.core.errors import EnerwiseError
from enerwise.serve.console import complain

Arguments = ParamSpec("Arguments")
PUT_RIGHT: Final = 2
OURS: Final = 1
TRACEBACK: Final = "ENERWISE_TRACEBACK"


def told(command: Callable[Arguments, None]) -> Callable[Arguments, None]:
    """Turn what a command raises into a message and an exit code."""

    @functools.wraps(command)
    def run(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except EnerwiseError as error:
            complain(str(error))
            raise typer.Exit(PUT_RIGHT) from None
        except (typer.Exit, typer.Abort):
            raise
        except Exception as error:
            if os.environ.get(TRACEBACK):
                raise
            complain(f"Enerwise made a mistake: {type(error).__name__}: {error}")
            complain(
                f"Please report it with the output of the same command under {TRACEBACK}=1, and its files if you can."
            )
            raise typer.Exit(OURS) from None

    return run
