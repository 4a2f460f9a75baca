"""Other series that a young home learns from: read, and told beside every result."""

from dataclasses import dataclass, replace
from pathlib import Path

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.forecast.columns.pooled import ALONE_DAYS, BLENDED_DAYS, Pooled
from enerwise.store.column_files import Read, Wish, read_columns


@dataclass(frozen=True, slots=True)
class Pool:
    """The pool of one forecast; empty where none was asked for."""

    members: tuple[Pooled, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    """Name, column and hash of each series."""

    @property
    def notes(self) -> tuple[str, ...]:
        """Say who was learned from, and how long that counts."""
        if not self.members:
            return ()
        names = ", ".join(name.rsplit("/", 1)[-1] for name, _ in self.files)
        until = (
            f"serves to {ALONE_DAYS:.0f} days of own history, blends to {BLENDED_DAYS:.0f}, unless the naive is better"
        )
        return (f"pooled: learned from {names}, without known columns; {until}",)


def read_pool(text: str, wish: Wish, read: Read) -> Pool:
    """Read the series of a pool.

    Args:
        text: Files between commas; ``FILE@COL`` takes another column than the target, ``FILE@building=2`` some rows.
        wish: What is wanted of the home's own file.
        read: That file as read; it may not be part of its own pool.

    Raises:
        ProblemsFound: A file cannot be read, is the home's own series, or has steps of another length.
    """
    asked = [each.strip() for each in text.split(",") if each.strip()]
    frames, files = [], []
    for each in asked:
        name, *parts = each.split("@")
        columns = [part for part in parts if "=" not in part]
        where = dict(part.split("=", 1) for part in parts if "=" in part)
        other = replace(wish, target=(columns or [wish.target])[-1], known=(), where=where, time=None, step_s=None)
        found = read_columns(Path(name), other)
        _refuse(each, other, found, wish, read)
        frames.append(replace(found.frame, name=each, kind=read.frame.kind))
        files.append((each, found.sha256))
    return Pool((Pooled(tuple(frames)),), tuple(files)) if frames else Pool()


def _refuse(each: str, other: Wish, found: Read, wish: Wish, read: Read) -> None:
    step_s, own_s = found.frame.grid.step_s, read.frame.grid.step_s
    if step_s != own_s:
        message = f"{each}: steps of {step_s} s, the home's are {own_s} s long"
        raise ProblemsFound("command line", [Problem("--pool", message, "give series of the same step")])
    if found.sha256 == read.sha256 and other.target == wish.target and other.where == dict(wish.where):
        message = f"{each} is the series to forecast itself"
        raise ProblemsFound("command line", [Problem("--pool", message, "give the series of other homes")])
