"""What commands write: JSON and CSV, whole or not at all. NaN and infinities are null in JSON, empty in CSV."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from enerwise.core.errors import Problem, ProblemsFound

if TYPE_CHECKING:
    from enerwise.core.time import Instant, TimeArray

STDOUT: Final = Path("-")


def write_json(path: Path, data: Mapping[str, Any]) -> None:
    """Write data as JSON; ``-`` is the standard output."""
    text = json.dumps(plain(data), indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    if path == STDOUT:
        print(text, end="")
    else:
        write_text(path, text)


def write_text(path: Path, text: str) -> None:
    """Write a text file so that it appears whole.

    Raises:
        ProblemsFound: The place cannot be written to.
    """
    write_bytes(path, text.encode())


def write_bytes(path: Path, content: bytes) -> None:
    """The same for bytes. What is no file, such as ``/dev/null`` or a pipe, is written to and never replaced."""
    is_special = path.exists() and not path.is_file() and not path.is_dir()
    part = path if is_special else path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content)
        if not is_special:
            part.replace(path)
    except OSError as error:
        if not is_special:
            part.unlink(missing_ok=True)
        reason = error.strerror or type(error).__name__
        raise ProblemsFound(str(path), [Problem(path.name, reason, "check folder, rights and space")]) from None


def write_csv(path: Path, columns: Mapping[str, Any]) -> None:
    """Write columns of one length as CSV or Parquet, by the ending of the name."""
    from enerwise.store.files import write_table

    write_table(path, columns)


def plain(value: Any) -> Any:
    """Turn arrays, numpy numbers and paths into what JSON holds."""
    match value:
        case None | str() | bool() | int():
            return value
        case float():
            return value if math.isfinite(value) else None
        case Mapping():
            return {str(key): plain(each) for key, each in value.items()}
        case _ if hasattr(value, "tolist"):
            return plain(value.tolist())
        case Sequence():
            return [plain(each) for each in value]
        case _:
            return str(value)


def stamps(starts_utc: "TimeArray") -> list[str]:
    """Return instants as people and programs exchange them: ``2024-07-03T12:05:00Z``."""
    return [f"{each}Z" for each in starts_utc.astype("datetime64[s]").astype(str).tolist()]


def stamp(at: "Instant") -> str:
    """Return one instant the same way."""
    return f"{at.astype('datetime64[s]')}Z"
