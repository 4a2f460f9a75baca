from typing import Literal

ModeRequestMode = Literal["automatic", "away", "manual"]

MODE_REQUEST_MODE_VALUES: set[ModeRequestMode] = {
    "automatic",
    "away",
    "manual",
}


def check_mode_request_mode(value: str) -> ModeRequestMode:
    if value in MODE_REQUEST_MODE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {MODE_REQUEST_MODE_VALUES!r}")
