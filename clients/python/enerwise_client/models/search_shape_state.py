from typing import Literal

SearchShapeState = Literal["cancelled", "done", "failed", "running"]

SEARCH_SHAPE_STATE_VALUES: set[SearchShapeState] = {
    "cancelled",
    "done",
    "failed",
    "running",
}


def check_search_shape_state(value: str) -> SearchShapeState:
    if value in SEARCH_SHAPE_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SEARCH_SHAPE_STATE_VALUES!r}")
