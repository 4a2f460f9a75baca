from typing import Literal

PushSubscriptionLanguage = Literal["de", "en"]

PUSH_SUBSCRIPTION_LANGUAGE_VALUES: set[PushSubscriptionLanguage] = {
    "de",
    "en",
}


def check_push_subscription_language(value: str) -> PushSubscriptionLanguage:
    if value in PUSH_SUBSCRIPTION_LANGUAGE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PUSH_SUBSCRIPTION_LANGUAGE_VALUES!r}")
