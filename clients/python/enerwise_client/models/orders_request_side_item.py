from typing import Literal

OrdersRequestSideItem = Literal["buy", "sell"]

ORDERS_REQUEST_SIDE_ITEM_VALUES: set[OrdersRequestSideItem] = {
    "buy",
    "sell",
}


def check_orders_request_side_item(value: str) -> OrdersRequestSideItem:
    if value in ORDERS_REQUEST_SIDE_ITEM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ORDERS_REQUEST_SIDE_ITEM_VALUES!r}")
