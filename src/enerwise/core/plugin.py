"""Plug-ins: one mechanism, Python entry points. Our own parts use it too, so a foreign one is never second class."""

from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from enerwise.core.errors import PluginError


def names(group: str) -> tuple[str, ...]:
    """Return the names registered in a group such as ``enerwise.forecasters``, sorted."""
    return tuple(sorted(_points(group)))


def load(group: str, name: str) -> Any:
    """Return what is registered under ``name``.

    Raises:
        PluginError: Nothing is registered under that name, or importing it fails; the message names both.
    """
    points = _points(group)
    if name not in points:
        known = ", ".join(sorted(points)) or "none"
        raise PluginError(f"{group}: no plug-in {name!r}; installed: {known}")
    try:
        return points[name].load()
    except Exception as error:  # A foreign module may fail in any way; the caller must learn which one it was.
        raise PluginError(f"{group}: plug-in {name!r} ({points[name].value}) does not load: {error}") from error


@lru_cache(maxsize=64)
def _points(group: str) -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=group)}
