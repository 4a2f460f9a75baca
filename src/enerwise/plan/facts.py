"""Frozen facts as JSON and arrays, and back: what `save` needs of asset kinds that it does not know."""

from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_type_hints

import numpy as np


def packed(value: Any, arrays: list[Any]) -> Any:
    """Return a value as JSON holds it; its arrays go to the end of ``arrays`` and leave their position behind."""
    if isinstance(value, np.ndarray):
        arrays.append(value)
        return {"array": len(arrays) - 1}
    if is_dataclass(value):
        return {each.name: packed(getattr(value, each.name), arrays) for each in fields(value)}
    if isinstance(value, tuple):
        return [packed(each, arrays) for each in value]
    return value.item() if isinstance(value, np.generic) else value


def unpacked(kind: type, head: dict[str, Any], arrays: list[Any]) -> Any:
    """Return the facts that `packed` wrote.

    Raises:
        TypeError, KeyError, IndexError: Something is missing, or nobody knows it.
    """
    hints = get_type_hints(kind)
    return kind(**{name: _value(hints[name], each, arrays) for name, each in head.items()})


def _value(hint: Any, head: Any, arrays: list[Any]) -> Any:
    kinds = [each for each in (hint, *get_args(hint)) if isinstance(each, type) and is_dataclass(each)]
    if kinds and isinstance(head, dict):
        return unpacked(kinds[0], head, arrays)
    if isinstance(head, dict):
        return arrays[head["array"]]
    return tuple(head) if isinstance(head, list) else head
