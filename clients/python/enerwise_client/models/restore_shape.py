from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="RestoreShape")


@_attrs_define
class RestoreShape:
    """A backup that was verified and waits for the next start.

    Attributes:
        state (str):
        site (str | Unset):  Default: ''.
        made_at (str | Unset):  Default: ''.
        version (str | Unset):  Default: ''.
        files (list[str] | Unset):
        with_accounts (bool | Unset):  Default: False.
        detail (str | Unset):  Default: ''.
    """

    state: str
    site: str | Unset = ""
    made_at: str | Unset = ""
    version: str | Unset = ""
    files: list[str] | Unset = UNSET
    with_accounts: bool | Unset = False
    detail: str | Unset = ""
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        state = self.state

        site = self.site

        made_at = self.made_at

        version = self.version

        files: list[str] | Unset = UNSET
        if not isinstance(self.files, Unset):
            files = self.files

        with_accounts = self.with_accounts

        detail = self.detail

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "state": state,
            }
        )
        if site is not UNSET:
            field_dict["site"] = site
        if made_at is not UNSET:
            field_dict["made_at"] = made_at
        if version is not UNSET:
            field_dict["version"] = version
        if files is not UNSET:
            field_dict["files"] = files
        if with_accounts is not UNSET:
            field_dict["with_accounts"] = with_accounts
        if detail is not UNSET:
            field_dict["detail"] = detail

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        state = d.pop("state")

        site = d.pop("site", UNSET)

        made_at = d.pop("made_at", UNSET)

        version = d.pop("version", UNSET)

        files = cast(list[str], d.pop("files", UNSET))

        with_accounts = d.pop("with_accounts", UNSET)

        detail = d.pop("detail", UNSET)

        restore_shape = cls(
            state=state,
            site=site,
            made_at=made_at,
            version=version,
            files=files,
            with_accounts=with_accounts,
            detail=detail,
        )

        restore_shape.additional_properties = d
        return restore_shape

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
