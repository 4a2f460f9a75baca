from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.halt_shape import HaltShape
    from ..models.limits_shape import LimitsShape
    from ..models.position_shape import PositionShape


T = TypeVar("T", bound="StandingShape")


@_attrs_define
class StandingShape:
    """Where a participant stands: money, limits and positions.

    Attributes:
        participant (str):
        free_ueur (int): There and not reserved.
        reserved_ueur (int): At the worst for everything that is not settled.
        owed_ueur (int): For deviations, beyond what was reserved.
        energy_wh (int): Taken in all settled slots.
        settled_ueur (int): Paid in the settled slots shown; below zero received.
        open_ueur (int): Agreed in slots that are not settled; below zero to receive.
        limits (LimitsShape): What a participant may do in one slot.
        halts (list[HaltShape]):
        positions (list[PositionShape]):
    """

    participant: str
    free_ueur: int
    reserved_ueur: int
    owed_ueur: int
    energy_wh: int
    settled_ueur: int
    open_ueur: int
    limits: LimitsShape
    halts: list[HaltShape]
    positions: list[PositionShape]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        participant = self.participant

        free_ueur = self.free_ueur

        reserved_ueur = self.reserved_ueur

        owed_ueur = self.owed_ueur

        energy_wh = self.energy_wh

        settled_ueur = self.settled_ueur

        open_ueur = self.open_ueur

        limits = self.limits.to_dict()

        halts = []
        for halts_item_data in self.halts:
            halts_item = halts_item_data.to_dict()
            halts.append(halts_item)

        positions = []
        for positions_item_data in self.positions:
            positions_item = positions_item_data.to_dict()
            positions.append(positions_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "participant": participant,
                "free_ueur": free_ueur,
                "reserved_ueur": reserved_ueur,
                "owed_ueur": owed_ueur,
                "energy_wh": energy_wh,
                "settled_ueur": settled_ueur,
                "open_ueur": open_ueur,
                "limits": limits,
                "halts": halts,
                "positions": positions,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.halt_shape import HaltShape  # noqa: PLC0415
        from ..models.limits_shape import LimitsShape  # noqa: PLC0415
        from ..models.position_shape import PositionShape  # noqa: PLC0415

        d = dict(src_dict)
        participant = d.pop("participant")

        free_ueur = d.pop("free_ueur")

        reserved_ueur = d.pop("reserved_ueur")

        owed_ueur = d.pop("owed_ueur")

        energy_wh = d.pop("energy_wh")

        settled_ueur = d.pop("settled_ueur")

        open_ueur = d.pop("open_ueur")

        limits = LimitsShape.from_dict(d.pop("limits"))

        halts = []
        _halts = d.pop("halts")
        for halts_item_data in _halts:
            halts_item = HaltShape.from_dict(halts_item_data)

            halts.append(halts_item)

        positions = []
        _positions = d.pop("positions")
        for positions_item_data in _positions:
            positions_item = PositionShape.from_dict(positions_item_data)

            positions.append(positions_item)

        standing_shape = cls(
            participant=participant,
            free_ueur=free_ueur,
            reserved_ueur=reserved_ueur,
            owed_ueur=owed_ueur,
            energy_wh=energy_wh,
            settled_ueur=settled_ueur,
            open_ueur=open_ueur,
            limits=limits,
            halts=halts,
            positions=positions,
        )

        standing_shape.additional_properties = d
        return standing_shape

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
