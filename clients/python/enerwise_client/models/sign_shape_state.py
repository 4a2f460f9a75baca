from typing import Literal

SignShapeState = Literal["before", "cancelled", "done", "failed", "waiting"]

SIGN_SHAPE_STATE_VALUES: set[SignShapeState] = {
    "before",
    "cancelled",
    "done",
    "failed",
    "waiting",
}


def check_sign_shape_state(value: str) -> SignShapeState:
    if value in SIGN_SHAPE_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SIGN_SHAPE_STATE_VALUES!r}")
