from typing import Literal

CauseShapeGroup = Literal[
    "horizon", "level", "limits", "load", "machine", "outlook", "peak", "prices", "settings", "sun"
]

CAUSE_SHAPE_GROUP_VALUES: set[CauseShapeGroup] = {
    "horizon",
    "level",
    "limits",
    "load",
    "machine",
    "outlook",
    "peak",
    "prices",
    "settings",
    "sun",
}


def check_cause_shape_group(value: str) -> CauseShapeGroup:
    if value in CAUSE_SHAPE_GROUP_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CAUSE_SHAPE_GROUP_VALUES!r}")
