from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.check_shape_text import CheckShapeText


T = TypeVar("T", bound="CheckShape")


@_attrs_define
class CheckShape:
    """One line of the list before a restart.

    Attributes:
        id (str):
        text (CheckShapeText):
        ok (bool | None):
        detail (str):
    """

    id: str
    text: CheckShapeText
    ok: bool | None
    detail: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        text = self.text.to_dict()

        ok: bool | None
        ok = self.ok

        detail = self.detail

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "text": text,
                "ok": ok,
                "detail": detail,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.check_shape_text import CheckShapeText  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        text = CheckShapeText.from_dict(d.pop("text"))

        def _parse_ok(data: object) -> bool | None:
            if data is None:
                return data
            return cast(bool | None, data)

        ok = _parse_ok(d.pop("ok"))

        detail = d.pop("detail")

        check_shape = cls(
            id=id,
            text=text,
            ok=ok,
            detail=detail,
        )

        check_shape.additional_properties = d
        return check_shape

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
