"""Bytes on the wire: JSON without NaN, in any shape."""

import json
from typing import Any

import numpy as np
import pytest

from enerwise.serve.api.wire import to_json


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (np.array([1.0, np.nan, np.inf]), [1.0, None, None]),
        (np.array([[1.0, np.nan], [2.0, 3.0]]), [[1.0, None], [2.0, 3.0]]),
        (np.array(["2026-05-14T14:40"], dtype="datetime64[s]"), ["2026-05-14T14:40:00.000Z"]),
        (np.datetime64("2026-05-14T14:40"), "2026-05-14T14:40:00.000Z"),
        ({"a": (1, float("nan"), None, True, "ü")}, {"a": [1, None, None, True, "ü"]}),
        (np.float64("nan"), None),
        (np.int64(3), 3),
        (np.zeros(0), []),
    ],
)
def test_what_json_cannot_hold_becomes_what_it_can(value: Any, told: Any) -> None:
    assert json.loads(to_json(value)) == told
