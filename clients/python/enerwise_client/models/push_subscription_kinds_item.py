from typing import Literal

PushSubscriptionKindsItem = Literal["act_now", "look_soon", "plan"]

PUSH_SUBSCRIPTION_KINDS_ITEM_VALUES: set[PushSubscriptionKindsItem] = {
    "act_now",
    "look_soon",
    "plan",
}


def check_push_subscription_kinds_item(value: str) -> PushSubscriptionKindsItem:
    if value in PUSH_SUBSCRIPTION_KINDS_ITEM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PUSH_SUBSCRIPTION_KINDS_ITEM_VALUES!r}")
