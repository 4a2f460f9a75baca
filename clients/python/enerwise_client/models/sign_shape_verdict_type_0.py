from typing import Literal

SignShapeVerdictType0 = Literal["right", "turned", "unclear"]

SIGN_SHAPE_VERDICT_TYPE_0_VALUES: set[SignShapeVerdictType0] = {
    "right",
    "turned",
    "unclear",
}


def check_sign_shape_verdict_type_0(value: str) -> SignShapeVerdictType0:
    if value in SIGN_SHAPE_VERDICT_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SIGN_SHAPE_VERDICT_TYPE_0_VALUES!r}")
