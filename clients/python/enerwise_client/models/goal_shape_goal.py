from typing import Literal

GoalShapeGoal = Literal["balanced", "carbon", "cost", "own_power"]

GOAL_SHAPE_GOAL_VALUES: set[GoalShapeGoal] = {
    "balanced",
    "carbon",
    "cost",
    "own_power",
}


def check_goal_shape_goal(value: str) -> GoalShapeGoal:
    if value in GOAL_SHAPE_GOAL_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {GOAL_SHAPE_GOAL_VALUES!r}")
