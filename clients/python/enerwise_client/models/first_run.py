from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="FirstRun")


@_attrs_define
class FirstRun:
    """The first owner, and the word from the terminal.

    Attributes:
        token (str):
        name (str):
        email (str):
        password (str):
    """

    token: str
    name: str
    email: str
    password: str

    def to_dict(self) -> dict[str, Any]:
        token = self.token

        name = self.name

        email = self.email

        password = self.password

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "token": token,
                "name": name,
                "email": email,
                "password": password,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        token = d.pop("token")

        name = d.pop("name")

        email = d.pop("email")

        password = d.pop("password")

        first_run = cls(
            token=token,
            name=name,
            email=email,
            password=password,
        )

        return first_run
