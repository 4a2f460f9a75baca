from typing import Literal

OwnShapeStageItem = Literal["delivered", "matched", "none", "offered", "settled", "unmatched"]

OWN_SHAPE_STAGE_ITEM_VALUES: set[OwnShapeStageItem] = {
    "delivered",
    "matched",
    "none",
    "offered",
    "settled",
    "unmatched",
}


def check_own_shape_stage_item(value: str) -> OwnShapeStageItem:
    if value in OWN_SHAPE_STAGE_ITEM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {OWN_SHAPE_STAGE_ITEM_VALUES!r}")
