from typing import Literal

HaltShapeBy = Literal["operator", "own", "supervisor"]

HALT_SHAPE_BY_VALUES: set[HaltShapeBy] = {
    "operator",
    "own",
    "supervisor",
}


def check_halt_shape_by(value: str) -> HaltShapeBy:
    if value in HALT_SHAPE_BY_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {HALT_SHAPE_BY_VALUES!r}")
