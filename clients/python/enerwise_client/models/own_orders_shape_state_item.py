from typing import Literal

OwnOrdersShapeStateItem = Literal["cancelled", "filled", "open", "over", "part"]

OWN_ORDERS_SHAPE_STATE_ITEM_VALUES: set[OwnOrdersShapeStateItem] = {
    "cancelled",
    "filled",
    "open",
    "over",
    "part",
}


def check_own_orders_shape_state_item(value: str) -> OwnOrdersShapeStateItem:
    if value in OWN_ORDERS_SHAPE_STATE_ITEM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {OWN_ORDERS_SHAPE_STATE_ITEM_VALUES!r}")
