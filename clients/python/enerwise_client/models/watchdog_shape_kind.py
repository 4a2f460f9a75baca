from typing import Literal

WatchdogShapeKind = Literal["device", "door", "gateway"]

WATCHDOG_SHAPE_KIND_VALUES: set[WatchdogShapeKind] = {
    "device",
    "door",
    "gateway",
}


def check_watchdog_shape_kind(value: str) -> WatchdogShapeKind:
    if value in WATCHDOG_SHAPE_KIND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {WATCHDOG_SHAPE_KIND_VALUES!r}")
