from typing import Literal

OverrideRequestAction = Literal["charge", "discharge", "fill", "hold", "off", "on", "rest"]

OVERRIDE_REQUEST_ACTION_VALUES: set[OverrideRequestAction] = {
    "charge",
    "discharge",
    "fill",
    "hold",
    "off",
    "on",
    "rest",
}


def check_override_request_action(value: str) -> OverrideRequestAction:
    if value in OVERRIDE_REQUEST_ACTION_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {OVERRIDE_REQUEST_ACTION_VALUES!r}")
