from typing import Literal

Action = Literal["audit", "configure", "control", "ingest", "manage", "restart", "see", "stop", "trade"]

ACTION_VALUES: set[Action] = {
    "audit",
    "configure",
    "control",
    "ingest",
    "manage",
    "restart",
    "see",
    "stop",
    "trade",
}


def check_action(value: str) -> Action:
    if value in ACTION_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ACTION_VALUES!r}")
