"""Where the command line writes: results to the standard output, troubles and progress to the standard error."""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.console import Console

PIPE_WIDTH: Final = 120
"""Columns of a table that goes into a file or a pipe."""


def out() -> "Console":
    """Return the console for results."""
    return _console(is_error=False)


def err() -> "Console":
    """Return the console for troubles and progress."""
    return _console(is_error=True)


def complain(text: str) -> None:
    """Write what went wrong, in red, as it is: no markup, no wrapped lines."""
    err().print(text, style="red", markup=False, highlight=False, soft_wrap=True)


def say(text: str) -> None:
    """Write a plain sentence among the results."""
    out().print(text, markup=False, highlight=False, soft_wrap=not out().is_terminal)


def _console(*, is_error: bool) -> "Console":
    from rich.console import Console

    # Made afresh: whoever redirects the standard output finds it redirected.
    # No emoji: the ":AB:" of a fingerprint is no picture.
    console = Console(stderr=is_error, highlight=False, emoji=False)
    return console if console.is_terminal else Console(stderr=is_error, highlight=False, emoji=False, width=PIPE_WIDTH)
