from typing import Literal

PlanItemGoal = Literal["balanced", "carbon", "cost", "own_power"]

PLAN_ITEM_GOAL_VALUES: set[PlanItemGoal] = {
    "balanced",
    "carbon",
    "cost",
    "own_power",
}


def check_plan_item_goal(value: str) -> PlanItemGoal:
    if value in PLAN_ITEM_GOAL_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PLAN_ITEM_GOAL_VALUES!r}")
