from typing import Literal

BaselineShapeName = Literal["flat_tariff", "no_battery", "no_planning"]

BASELINE_SHAPE_NAME_VALUES: set[BaselineShapeName] = {
    "flat_tariff",
    "no_battery",
    "no_planning",
}


def check_baseline_shape_name(value: str) -> BaselineShapeName:
    if value in BASELINE_SHAPE_NAME_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {BASELINE_SHAPE_NAME_VALUES!r}")
