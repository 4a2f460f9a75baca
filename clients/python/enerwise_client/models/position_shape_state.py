from typing import Literal

PositionShapeState = Literal["cleared", "open", "settled"]

POSITION_SHAPE_STATE_VALUES: set[PositionShapeState] = {
    "cleared",
    "open",
    "settled",
}


def check_position_shape_state(value: str) -> PositionShapeState:
    if value in POSITION_SHAPE_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {POSITION_SHAPE_STATE_VALUES!r}")
