from typing import Literal

SlotShapeState = Literal["cleared", "open", "settled"]

SLOT_SHAPE_STATE_VALUES: set[SlotShapeState] = {
    "cleared",
    "open",
    "settled",
}


def check_slot_shape_state(value: str) -> SlotShapeState:
    if value in SLOT_SHAPE_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SLOT_SHAPE_STATE_VALUES!r}")
