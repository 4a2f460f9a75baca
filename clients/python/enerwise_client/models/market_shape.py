from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.halt_shape import HaltShape
    from ..models.market_shape_settings import MarketShapeSettings
    from ..models.seat_shape import SeatShape


T = TypeVar("T", bound="MarketShape")


@_attrs_define
class MarketShape:
    """One market.

    Attributes:
        id (str):
        name (str):
        timezone (str):
        product (str):
        slot_s (int):
        gate_closes_before_s (int):
        horizon_s (int): How far ahead slots take orders.
        mechanism (str):
        is_continuous (bool): Orders meet as they come; else at the gate of their slot.
        settings (MarketShapeSettings):
        spot_ueur_per_kwh (int): What deviations are settled at, with the margin.
        margin_ueur_per_kwh (int):
        participant_count (int):
        simulated_count (int):
        seats (list[SeatShape]):
        halts (list[HaltShape]):
        public_key (str): PEM (Ed25519): checks the signatures over roots of settled slots.
    """

    id: str
    name: str
    timezone: str
    product: str
    slot_s: int
    gate_closes_before_s: int
    horizon_s: int
    mechanism: str
    is_continuous: bool
    settings: MarketShapeSettings
    spot_ueur_per_kwh: int
    margin_ueur_per_kwh: int
    participant_count: int
    simulated_count: int
    seats: list[SeatShape]
    halts: list[HaltShape]
    public_key: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        name = self.name

        timezone = self.timezone

        product = self.product

        slot_s = self.slot_s

        gate_closes_before_s = self.gate_closes_before_s

        horizon_s = self.horizon_s

        mechanism = self.mechanism

        is_continuous = self.is_continuous

        settings = self.settings.to_dict()

        spot_ueur_per_kwh = self.spot_ueur_per_kwh

        margin_ueur_per_kwh = self.margin_ueur_per_kwh

        participant_count = self.participant_count

        simulated_count = self.simulated_count

        seats = []
        for seats_item_data in self.seats:
            seats_item = seats_item_data.to_dict()
            seats.append(seats_item)

        halts = []
        for halts_item_data in self.halts:
            halts_item = halts_item_data.to_dict()
            halts.append(halts_item)

        public_key = self.public_key

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "timezone": timezone,
                "product": product,
                "slot_s": slot_s,
                "gate_closes_before_s": gate_closes_before_s,
                "horizon_s": horizon_s,
                "mechanism": mechanism,
                "is_continuous": is_continuous,
                "settings": settings,
                "spot_ueur_per_kwh": spot_ueur_per_kwh,
                "margin_ueur_per_kwh": margin_ueur_per_kwh,
                "participant_count": participant_count,
                "simulated_count": simulated_count,
                "seats": seats,
                "halts": halts,
                "public_key": public_key,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.halt_shape import HaltShape  # noqa: PLC0415
        from ..models.market_shape_settings import MarketShapeSettings  # noqa: PLC0415
        from ..models.seat_shape import SeatShape  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        timezone = d.pop("timezone")

        product = d.pop("product")

        slot_s = d.pop("slot_s")

        gate_closes_before_s = d.pop("gate_closes_before_s")

        horizon_s = d.pop("horizon_s")

        mechanism = d.pop("mechanism")

        is_continuous = d.pop("is_continuous")

        settings = MarketShapeSettings.from_dict(d.pop("settings"))

        spot_ueur_per_kwh = d.pop("spot_ueur_per_kwh")

        margin_ueur_per_kwh = d.pop("margin_ueur_per_kwh")

        participant_count = d.pop("participant_count")

        simulated_count = d.pop("simulated_count")

        seats = []
        _seats = d.pop("seats")
        for seats_item_data in _seats:
            seats_item = SeatShape.from_dict(seats_item_data)

            seats.append(seats_item)

        halts = []
        _halts = d.pop("halts")
        for halts_item_data in _halts:
            halts_item = HaltShape.from_dict(halts_item_data)

            halts.append(halts_item)

        public_key = d.pop("public_key")

        market_shape = cls(
            id=id,
            name=name,
            timezone=timezone,
            product=product,
            slot_s=slot_s,
            gate_closes_before_s=gate_closes_before_s,
            horizon_s=horizon_s,
            mechanism=mechanism,
            is_continuous=is_continuous,
            settings=settings,
            spot_ueur_per_kwh=spot_ueur_per_kwh,
            margin_ueur_per_kwh=margin_ueur_per_kwh,
            participant_count=participant_count,
            simulated_count=simulated_count,
            seats=seats,
            halts=halts,
            public_key=public_key,
        )

        market_shape.additional_properties = d
        return market_shape

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
