from typing import Literal

MissedDayWhy = Literal["no_data", "no_forecast"]

MISSED_DAY_WHY_VALUES: set[MissedDayWhy] = {
    "no_data",
    "no_forecast",
}


def check_missed_day_why(value: str) -> MissedDayWhy:
    if value in MISSED_DAY_WHY_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {MISSED_DAY_WHY_VALUES!r}")
