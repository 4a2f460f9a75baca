from typing import Literal

HealthBriefStatus = Literal["degraded", "failing", "ok"]

HEALTH_BRIEF_STATUS_VALUES: set[HealthBriefStatus] = {
    "degraded",
    "failing",
    "ok",
}


def check_health_brief_status(value: str) -> HealthBriefStatus:
    if value in HEALTH_BRIEF_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {HEALTH_BRIEF_STATUS_VALUES!r}")
