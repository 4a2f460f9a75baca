from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.contact_lost_shape_text import ContactLostShapeText


T = TypeVar("T", bound="ContactLostShape")


@_attrs_define
class ContactLostShape:
    """What a device does by itself when it hears nothing.

    Attributes:
        device (str):
        assets (list[str]):
        text (ContactLostShapeText):
    """

    device: str
    assets: list[str]
    text: ContactLostShapeText
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        device = self.device

        assets = self.assets

        text = self.text.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "device": device,
                "assets": assets,
                "text": text,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.contact_lost_shape_text import ContactLostShapeText  # noqa: PLC0415

        d = dict(src_dict)
        device = d.pop("device")

        assets = cast(list[str], d.pop("assets"))

        text = ContactLostShapeText.from_dict(d.pop("text"))

        contact_lost_shape = cls(
            device=device,
            assets=assets,
            text=text,
        )

        contact_lost_shape.additional_properties = d
        return contact_lost_shape

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
