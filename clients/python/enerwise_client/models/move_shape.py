from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.phrase_shape import PhraseShape


T = TypeVar("T", bound="MoveShape")


@_attrs_define
class MoveShape:
    """A stretch in which an asset does something else than the plan before meant.

    Attributes:
        asset (str):
        energy_kwh (float):
        group (None | str): The news that explains most of it.
        what (PhraseShape): A code with its numbers, and its sentence.
        owed (PhraseShape): A code with its numbers, and its sentence.
    """

    asset: str
    energy_kwh: float
    group: None | str
    what: PhraseShape
    owed: PhraseShape
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        asset = self.asset

        energy_kwh = self.energy_kwh

        group: None | str
        group = self.group

        what = self.what.to_dict()

        owed = self.owed.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "asset": asset,
                "energy_kwh": energy_kwh,
                "group": group,
                "what": what,
                "owed": owed,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.phrase_shape import PhraseShape  # noqa: PLC0415

        d = dict(src_dict)
        asset = d.pop("asset")

        energy_kwh = d.pop("energy_kwh")

        def _parse_group(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        group = _parse_group(d.pop("group"))

        what = PhraseShape.from_dict(d.pop("what"))

        owed = PhraseShape.from_dict(d.pop("owed"))

        move_shape = cls(
            asset=asset,
            energy_kwh=energy_kwh,
            group=group,
            what=what,
            owed=owed,
        )

        move_shape.additional_properties = d
        return move_shape

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
