from typing import Literal

StageShapeStage = Literal["delivered", "matched", "offered", "settled"]

STAGE_SHAPE_STAGE_VALUES: set[StageShapeStage] = {
    "delivered",
    "matched",
    "offered",
    "settled",
}


def check_stage_shape_stage(value: str) -> StageShapeStage:
    if value in STAGE_SHAPE_STAGE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {STAGE_SHAPE_STAGE_VALUES!r}")
