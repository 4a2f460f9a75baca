from typing import Literal

NoticeShapeLevel = Literal["act_now", "good_to_know", "look_soon"]

NOTICE_SHAPE_LEVEL_VALUES: set[NoticeShapeLevel] = {
    "act_now",
    "good_to_know",
    "look_soon",
}


def check_notice_shape_level(value: str) -> NoticeShapeLevel:
    if value in NOTICE_SHAPE_LEVEL_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {NOTICE_SHAPE_LEVEL_VALUES!r}")
