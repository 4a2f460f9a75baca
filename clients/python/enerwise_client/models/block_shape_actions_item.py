from typing import Literal

BlockShapeActionsItem = Literal["move", "now", "skip"]

BLOCK_SHAPE_ACTIONS_ITEM_VALUES: set[BlockShapeActionsItem] = {
    "move",
    "now",
    "skip",
}


def check_block_shape_actions_item(value: str) -> BlockShapeActionsItem:
    if value in BLOCK_SHAPE_ACTIONS_ITEM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {BLOCK_SHAPE_ACTIONS_ITEM_VALUES!r}")
