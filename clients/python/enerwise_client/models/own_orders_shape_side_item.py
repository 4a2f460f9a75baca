from typing import Literal

OwnOrdersShapeSideItem = Literal["buy", "sell"]

OWN_ORDERS_SHAPE_SIDE_ITEM_VALUES: set[OwnOrdersShapeSideItem] = {
    "buy",
    "sell",
}


def check_own_orders_shape_side_item(value: str) -> OwnOrdersShapeSideItem:
    if value in OWN_ORDERS_SHAPE_SIDE_ITEM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {OWN_ORDERS_SHAPE_SIDE_ITEM_VALUES!r}")
