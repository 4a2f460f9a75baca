from typing import Literal

PartShapeStatus = Literal["degraded", "failing", "ok"]

PART_SHAPE_STATUS_VALUES: set[PartShapeStatus] = {
    "degraded",
    "failing",
    "ok",
}


def check_part_shape_status(value: str) -> PartShapeStatus:
    if value in PART_SHAPE_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PART_SHAPE_STATUS_VALUES!r}")
