from typing import Literal

PlanCoreShapeGoal = Literal["balanced", "carbon", "cost", "own_power"]

PLAN_CORE_SHAPE_GOAL_VALUES: set[PlanCoreShapeGoal] = {
    "balanced",
    "carbon",
    "cost",
    "own_power",
}


def check_plan_core_shape_goal(value: str) -> PlanCoreShapeGoal:
    if value in PLAN_CORE_SHAPE_GOAL_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PLAN_CORE_SHAPE_GOAL_VALUES!r}")
