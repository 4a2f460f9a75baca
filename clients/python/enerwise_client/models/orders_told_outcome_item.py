from typing import Literal

OrdersToldOutcomeItem = Literal["accepted", "known", "refused"]

ORDERS_TOLD_OUTCOME_ITEM_VALUES: set[OrdersToldOutcomeItem] = {
    "accepted",
    "known",
    "refused",
}


def check_orders_told_outcome_item(value: str) -> OrdersToldOutcomeItem:
    if value in ORDERS_TOLD_OUTCOME_ITEM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ORDERS_TOLD_OUTCOME_ITEM_VALUES!r}")
