from typing import Literal

PreviewRequestGoal = Literal["balanced", "carbon", "cost", "own_power"]

PREVIEW_REQUEST_GOAL_VALUES: set[PreviewRequestGoal] = {
    "balanced",
    "carbon",
    "cost",
    "own_power",
}


def check_preview_request_goal(value: str) -> PreviewRequestGoal:
    if value in PREVIEW_REQUEST_GOAL_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PREVIEW_REQUEST_GOAL_VALUES!r}")
