from typing import Literal

BookShapeState = Literal["cleared", "open", "settled"]

BOOK_SHAPE_STATE_VALUES: set[BookShapeState] = {
    "cleared",
    "open",
    "settled",
}


def check_book_shape_state(value: str) -> BookShapeState:
    if value in BOOK_SHAPE_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {BOOK_SHAPE_STATE_VALUES!r}")
