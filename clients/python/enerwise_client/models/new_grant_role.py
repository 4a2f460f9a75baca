from typing import Literal

NewGrantRole = Literal["installer", "operator", "owner", "service", "viewer"]

NEW_GRANT_ROLE_VALUES: set[NewGrantRole] = {
    "installer",
    "operator",
    "owner",
    "service",
    "viewer",
}


def check_new_grant_role(value: str) -> NewGrantRole:
    if value in NEW_GRANT_ROLE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {NEW_GRANT_ROLE_VALUES!r}")
