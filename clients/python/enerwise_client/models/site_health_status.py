from typing import Literal

SiteHealthStatus = Literal["degraded", "failing", "ok"]

SITE_HEALTH_STATUS_VALUES: set[SiteHealthStatus] = {
    "degraded",
    "failing",
    "ok",
}


def check_site_health_status(value: str) -> SiteHealthStatus:
    if value in SITE_HEALTH_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SITE_HEALTH_STATUS_VALUES!r}")
