from typing import Literal

NewPersonKind = Literal["person", "service"]

NEW_PERSON_KIND_VALUES: set[NewPersonKind] = {
    "person",
    "service",
}


def check_new_person_kind(value: str) -> NewPersonKind:
    if value in NEW_PERSON_KIND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {NEW_PERSON_KIND_VALUES!r}")
