from typing import Literal

ReadSavingsBucket = Literal["day", "month"]

READ_SAVINGS_BUCKET_VALUES: set[ReadSavingsBucket] = {
    "day",
    "month",
}


def check_read_savings_bucket(value: str) -> ReadSavingsBucket:
    if value in READ_SAVINGS_BUCKET_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {READ_SAVINGS_BUCKET_VALUES!r}")
