"""Sequences as data, a TOML file each: in which order contactors and relays are switched, and how long each step takes.

>>> sequence_names()
('changeover', 'contactors', 'relay')
"""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Final

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.devices.sequences.read import Switching, parse_sequence

SUFFIX: Final = ".toml"
NONE: Final[Mapping[str, float]] = MappingProxyType({})


def sequence_names() -> tuple[str, ...]:
    """Return the names of the sequences that come with Enerwise."""
    names = (each.name for each in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(SUFFIX) for name in names if name.endswith(SUFFIX)))


def load_sequence(name_or_path: str, numbers: Mapping[str, float] = NONE) -> Switching:
    """Return a sequence by its name, or from a file of one's own.

    Args:
        name_or_path: A name from `sequence_names`, or a path that ends in ``.toml``.
        numbers: Numbers of the file that are others here, such as a time from a data sheet.

    Raises:
        ProblemsFound: There is none, or something is wrong with it: a table that could do harm is one of these.
    """
    return parse_sequence(_text(name_or_path), source=name_or_path, numbers=numbers)


def _text(name_or_path: str) -> str:
    if not name_or_path.endswith(SUFFIX):
        if name_or_path not in sequence_names():
            remedy = f"take one of {', '.join(sequence_names())}, or give the path of a {SUFFIX} file"
            raise ProblemsFound(name_or_path, [Problem("sequence", "is not known", remedy)])
        return files(__name__).joinpath(name_or_path + SUFFIX).read_text(encoding="utf-8")
    try:
        return Path(name_or_path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as trouble:
        raise ProblemsFound(name_or_path, [Problem("file", f"cannot be read: {trouble}")]) from None
