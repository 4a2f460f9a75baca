from typing import Literal

PreviewShapeGoal = Literal["balanced", "carbon", "cost", "own_power"]

PREVIEW_SHAPE_GOAL_VALUES: set[PreviewShapeGoal] = {
    "balanced",
    "carbon",
    "cost",
    "own_power",
}


def check_preview_shape_goal(value: str) -> PreviewShapeGoal:
    if value in PREVIEW_SHAPE_GOAL_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PREVIEW_SHAPE_GOAL_VALUES!r}")
