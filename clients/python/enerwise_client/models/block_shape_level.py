from typing import Literal

BlockShapeLevel = Literal["quiet", "soft", "strong"]

BLOCK_SHAPE_LEVEL_VALUES: set[BlockShapeLevel] = {
    "quiet",
    "soft",
    "strong",
}


def check_block_shape_level(value: str) -> BlockShapeLevel:
    if value in BLOCK_SHAPE_LEVEL_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {BLOCK_SHAPE_LEVEL_VALUES!r}")
