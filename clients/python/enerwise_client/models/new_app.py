from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="NewApp")


@_attrs_define
class NewApp:
    """An app to let in.

    Attributes:
        name (str):
        redirect_uris (list[str]):
        scopes (list[str]):
        is_confidential (bool | Unset):  Default: True.
        is_first_party (bool | Unset):  Default: False.
    """

    name: str
    redirect_uris: list[str]
    scopes: list[str]
    is_confidential: bool | Unset = True
    is_first_party: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        redirect_uris = self.redirect_uris

        scopes = self.scopes

        is_confidential = self.is_confidential

        is_first_party = self.is_first_party

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "redirect_uris": redirect_uris,
                "scopes": scopes,
            }
        )
        if is_confidential is not UNSET:
            field_dict["is_confidential"] = is_confidential
        if is_first_party is not UNSET:
            field_dict["is_first_party"] = is_first_party

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        redirect_uris = cast(list[str], d.pop("redirect_uris"))

        scopes = cast(list[str], d.pop("scopes"))

        is_confidential = d.pop("is_confidential", UNSET)

        is_first_party = d.pop("is_first_party", UNSET)

        new_app = cls(
            name=name,
            redirect_uris=redirect_uris,
            scopes=scopes,
            is_confidential=is_confidential,
            is_first_party=is_first_party,
        )

        return new_app
