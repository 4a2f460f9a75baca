from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.fault import Fault


T = TypeVar("T", bound="ProblemDetails")


@_attrs_define
class ProblemDetails:
    """RFC 9457.

    Attributes:
        title (str):
        status (int):
        type_ (str | Unset):  Default: 'about:blank'.
        detail (str | Unset):  Default: ''.
        instance (str | Unset):  Default: ''.
        code (str | Unset):  Default: ''.
        faults (list[Fault] | Unset):
    """

    title: str
    status: int
    type_: str | Unset = "about:blank"
    detail: str | Unset = ""
    instance: str | Unset = ""
    code: str | Unset = ""
    faults: list[Fault] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        title = self.title

        status = self.status

        type_ = self.type_

        detail = self.detail

        instance = self.instance

        code = self.code

        faults: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.faults, Unset):
            faults = []
            for faults_item_data in self.faults:
                faults_item = faults_item_data.to_dict()
                faults.append(faults_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "title": title,
                "status": status,
            }
        )
        if type_ is not UNSET:
            field_dict["type"] = type_
        if detail is not UNSET:
            field_dict["detail"] = detail
        if instance is not UNSET:
            field_dict["instance"] = instance
        if code is not UNSET:
            field_dict["code"] = code
        if faults is not UNSET:
            field_dict["faults"] = faults

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.fault import Fault  # noqa: PLC0415

        d = dict(src_dict)
        title = d.pop("title")

        status = d.pop("status")

        type_ = d.pop("type", UNSET)

        detail = d.pop("detail", UNSET)

        instance = d.pop("instance", UNSET)

        code = d.pop("code", UNSET)

        _faults = d.pop("faults", UNSET)
        faults: list[Fault] | Unset = UNSET
        if _faults is not UNSET:
            faults = []
            for faults_item_data in _faults:
                faults_item = Fault.from_dict(faults_item_data)

                faults.append(faults_item)

        problem_details = cls(
            title=title,
            status=status,
            type_=type_,
            detail=detail,
            instance=instance,
            code=code,
            faults=faults,
        )

        problem_details.additional_properties = d
        return problem_details

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
