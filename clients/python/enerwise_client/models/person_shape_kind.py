from typing import Literal

PersonShapeKind = Literal["person", "service"]

PERSON_SHAPE_KIND_VALUES: set[PersonShapeKind] = {
    "person",
    "service",
}


def check_person_shape_kind(value: str) -> PersonShapeKind:
    if value in PERSON_SHAPE_KIND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PERSON_SHAPE_KIND_VALUES!r}")
