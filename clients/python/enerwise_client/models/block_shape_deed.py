from typing import Literal

BlockShapeDeed = Literal["fills_grid", "fills_sun", "held", "off", "on", "powers_home", "produces", "sells", "waits"]

BLOCK_SHAPE_DEED_VALUES: set[BlockShapeDeed] = {
    "fills_grid",
    "fills_sun",
    "held",
    "off",
    "on",
    "powers_home",
    "produces",
    "sells",
    "waits",
}


def check_block_shape_deed(value: str) -> BlockShapeDeed:
    if value in BLOCK_SHAPE_DEED_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {BLOCK_SHAPE_DEED_VALUES!r}")
