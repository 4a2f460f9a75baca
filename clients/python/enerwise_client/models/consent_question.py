from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ConsentQuestion")


@_attrs_define
class ConsentQuestion:
    """An app that waits for an answer.

    Attributes:
        id (str):
        app_name (str):
        redirect_host (str):
        scopes (list[str]):
    """

    id: str
    app_name: str
    redirect_host: str
    scopes: list[str]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        app_name = self.app_name

        redirect_host = self.redirect_host

        scopes = self.scopes

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "app_name": app_name,
                "redirect_host": redirect_host,
                "scopes": scopes,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        app_name = d.pop("app_name")

        redirect_host = d.pop("redirect_host")

        scopes = cast(list[str], d.pop("scopes"))

        consent_question = cls(
            id=id,
            app_name=app_name,
            redirect_host=redirect_host,
            scopes=scopes,
        )

        consent_question.additional_properties = d
        return consent_question

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
