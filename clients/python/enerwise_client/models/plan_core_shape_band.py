from typing import Literal

PlanCoreShapeBand = Literal["none", "quantiles", "scenarios"]

PLAN_CORE_SHAPE_BAND_VALUES: set[PlanCoreShapeBand] = {
    "none",
    "quantiles",
    "scenarios",
}


def check_plan_core_shape_band(value: str) -> PlanCoreShapeBand:
    if value in PLAN_CORE_SHAPE_BAND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PLAN_CORE_SHAPE_BAND_VALUES!r}")
