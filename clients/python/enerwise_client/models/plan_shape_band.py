from typing import Literal

PlanShapeBand = Literal["none", "quantiles", "scenarios"]

PLAN_SHAPE_BAND_VALUES: set[PlanShapeBand] = {
    "none",
    "quantiles",
    "scenarios",
}


def check_plan_shape_band(value: str) -> PlanShapeBand:
    if value in PLAN_SHAPE_BAND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PLAN_SHAPE_BAND_VALUES!r}")
