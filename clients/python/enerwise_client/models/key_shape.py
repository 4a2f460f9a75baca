from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.key_shape_scopes import KeyShapeScopes


T = TypeVar("T", bound="KeyShape")


@_attrs_define
class KeyShape:
    """A key, without its secret.

    Attributes:
        id (str):
        name (str):
        holder_id (str):
        issuer_id (str):
        issuer_name (str):
        scopes (KeyShapeScopes):
        made_at (str):
        ends_at (None | str):
        used_at (None | str):
        is_revoked (bool):
    """

    id: str
    name: str
    holder_id: str
    issuer_id: str
    issuer_name: str
    scopes: KeyShapeScopes
    made_at: str
    ends_at: None | str
    used_at: None | str
    is_revoked: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        name = self.name

        holder_id = self.holder_id

        issuer_id = self.issuer_id

        issuer_name = self.issuer_name

        scopes = self.scopes.to_dict()

        made_at = self.made_at

        ends_at: None | str
        ends_at = self.ends_at

        used_at: None | str
        used_at = self.used_at

        is_revoked = self.is_revoked

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "holder_id": holder_id,
                "issuer_id": issuer_id,
                "issuer_name": issuer_name,
                "scopes": scopes,
                "made_at": made_at,
                "ends_at": ends_at,
                "used_at": used_at,
                "is_revoked": is_revoked,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.key_shape_scopes import KeyShapeScopes  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        holder_id = d.pop("holder_id")

        issuer_id = d.pop("issuer_id")

        issuer_name = d.pop("issuer_name")

        scopes = KeyShapeScopes.from_dict(d.pop("scopes"))

        made_at = d.pop("made_at")

        def _parse_ends_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        ends_at = _parse_ends_at(d.pop("ends_at"))

        def _parse_used_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        used_at = _parse_used_at(d.pop("used_at"))

        is_revoked = d.pop("is_revoked")

        key_shape = cls(
            id=id,
            name=name,
            holder_id=holder_id,
            issuer_id=issuer_id,
            issuer_name=issuer_name,
            scopes=scopes,
            made_at=made_at,
            ends_at=ends_at,
            used_at=used_at,
            is_revoked=is_revoked,
        )

        key_shape.additional_properties = d
        return key_shape

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
