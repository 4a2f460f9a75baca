from typing import Literal

SavingsShapeBucket = Literal["day", "month"]

SAVINGS_SHAPE_BUCKET_VALUES: set[SavingsShapeBucket] = {
    "day",
    "month",
}


def check_savings_shape_bucket(value: str) -> SavingsShapeBucket:
    if value in SAVINGS_SHAPE_BUCKET_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SAVINGS_SHAPE_BUCKET_VALUES!r}")
