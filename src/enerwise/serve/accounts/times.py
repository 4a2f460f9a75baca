"""Epoch seconds as the API writes moments."""

from enerwise.core.time import instant


def shown(epoch_s: int) -> str:
    """Return a moment.

    >>> shown(0)
    '1970-01-01T00:00:00.000Z'
    """
    return f"{instant(epoch_s)}Z"


def shown_or_none(epoch_s: int | None) -> str | None:
    """Return a moment, or None where there is none."""
    return None if epoch_s is None else shown(epoch_s)
