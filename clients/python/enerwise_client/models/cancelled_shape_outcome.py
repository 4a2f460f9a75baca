from typing import Literal

CancelledShapeOutcome = Literal["cancelled", "filled", "gone"]

CANCELLED_SHAPE_OUTCOME_VALUES: set[CancelledShapeOutcome] = {
    "cancelled",
    "filled",
    "gone",
}


def check_cancelled_shape_outcome(value: str) -> CancelledShapeOutcome:
    if value in CANCELLED_SHAPE_OUTCOME_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CANCELLED_SHAPE_OUTCOME_VALUES!r}")
