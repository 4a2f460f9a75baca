from typing import Literal

ServerHealthStatus = Literal["degraded", "failing", "ok"]

SERVER_HEALTH_STATUS_VALUES: set[ServerHealthStatus] = {
    "degraded",
    "failing",
    "ok",
}


def check_server_health_status(value: str) -> ServerHealthStatus:
    if value in SERVER_HEALTH_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SERVER_HEALTH_STATUS_VALUES!r}")
