"""Bytes on the wire: JSON without NaN, arrays as they are, times as UTC with their zone."""

import json
import math
from typing import Any

import numpy as np


def to_json(value: Any) -> bytes:
    """Return compact JSON; NaN and infinity become null, datetime64 becomes text that ends in Z."""
    return json.dumps(plain(value), separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def plain(value: Any) -> Any:
    """Return a value as what JSON holds."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if np.isfinite(value) else None
        case dict():
            return {str(key): plain(each) for key, each in value.items()}
        case np.ndarray():
            return _column(value)
        case list() | tuple():
            return [plain(each) for each in value]
        case np.datetime64():
            return f"{value.astype('datetime64[ms]')}Z"
        case np.generic():
            return plain(value.item())
        case _:
            return str(value)


def _column(value: np.ndarray[Any, Any]) -> list[Any]:
    if value.ndim > 1:
        return [_column(each) for each in value]
    if value.dtype.kind == "M":
        return [f"{each}Z" for each in np.datetime_as_string(value.astype("datetime64[ms]")).tolist()]
    if value.dtype.kind == "f" and not np.isfinite(value).all():
        known: list[Any] = [each if math.isfinite(each) else None for each in value.tolist()]
        return known
    found: list[Any] = value.tolist()
    return found
