from typing import Literal

PlanShapeGoal = Literal["balanced", "carbon", "cost", "own_power"]

PLAN_SHAPE_GOAL_VALUES: set[PlanShapeGoal] = {
    "balanced",
    "carbon",
    "cost",
    "own_power",
}


def check_plan_shape_goal(value: str) -> PlanShapeGoal:
    if value in PLAN_SHAPE_GOAL_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PLAN_SHAPE_GOAL_VALUES!r}")
