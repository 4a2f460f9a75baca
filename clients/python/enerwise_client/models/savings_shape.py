from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.savings_shape_bucket import SavingsShapeBucket, check_savings_shape_bucket

if TYPE_CHECKING:
    from ..models.bar_shape import BarShape
    from ..models.baseline_shape import BaselineShape
    from ..models.channel_accuracy import ChannelAccuracy
    from ..models.device_shape import DeviceShape
    from ..models.gap_shape import GapShape
    from ..models.line_shape import LineShape


T = TypeVar("T", bound="SavingsShape")


@_attrs_define
class SavingsShape:
    """A month or any other span.

    Attributes:
        from_ (str):
        to (str):
        bucket (SavingsShapeBucket):
        paid_eur (float):
        baselines (list[BaselineShape]):
        bars (list[BarShape]):
        bill (list[LineShape]):
        total_eur (float):
        self_use_ratio (float | None):
        own_power_ratio (float | None):
        carbon_kg (float | None):
        carbon_note (str):
        devices (list[DeviceShape]):
        accuracy (list[ChannelAccuracy]):
        coverage_ratio (float):
        gaps (list[GapShape]):
        notes (list[str]):
    """

    from_: str
    to: str
    bucket: SavingsShapeBucket
    paid_eur: float
    baselines: list[BaselineShape]
    bars: list[BarShape]
    bill: list[LineShape]
    total_eur: float
    self_use_ratio: float | None
    own_power_ratio: float | None
    carbon_kg: float | None
    carbon_note: str
    devices: list[DeviceShape]
    accuracy: list[ChannelAccuracy]
    coverage_ratio: float
    gaps: list[GapShape]
    notes: list[str]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from_ = self.from_

        to = self.to

        bucket: str = self.bucket

        paid_eur = self.paid_eur

        baselines = []
        for baselines_item_data in self.baselines:
            baselines_item = baselines_item_data.to_dict()
            baselines.append(baselines_item)

        bars = []
        for bars_item_data in self.bars:
            bars_item = bars_item_data.to_dict()
            bars.append(bars_item)

        bill = []
        for bill_item_data in self.bill:
            bill_item = bill_item_data.to_dict()
            bill.append(bill_item)

        total_eur = self.total_eur

        self_use_ratio: float | None
        self_use_ratio = self.self_use_ratio

        own_power_ratio: float | None
        own_power_ratio = self.own_power_ratio

        carbon_kg: float | None
        carbon_kg = self.carbon_kg

        carbon_note = self.carbon_note

        devices = []
        for devices_item_data in self.devices:
            devices_item = devices_item_data.to_dict()
            devices.append(devices_item)

        accuracy = []
        for accuracy_item_data in self.accuracy:
            accuracy_item = accuracy_item_data.to_dict()
            accuracy.append(accuracy_item)

        coverage_ratio = self.coverage_ratio

        gaps = []
        for gaps_item_data in self.gaps:
            gaps_item = gaps_item_data.to_dict()
            gaps.append(gaps_item)

        notes = self.notes

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "from": from_,
                "to": to,
                "bucket": bucket,
                "paid_eur": paid_eur,
                "baselines": baselines,
                "bars": bars,
                "bill": bill,
                "total_eur": total_eur,
                "self_use_ratio": self_use_ratio,
                "own_power_ratio": own_power_ratio,
                "carbon_kg": carbon_kg,
                "carbon_note": carbon_note,
                "devices": devices,
                "accuracy": accuracy,
                "coverage_ratio": coverage_ratio,
                "gaps": gaps,
                "notes": notes,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.bar_shape import BarShape  # noqa: PLC0415
        from ..models.baseline_shape import BaselineShape  # noqa: PLC0415
        from ..models.channel_accuracy import ChannelAccuracy  # noqa: PLC0415
        from ..models.device_shape import DeviceShape  # noqa: PLC0415
        from ..models.gap_shape import GapShape  # noqa: PLC0415
        from ..models.line_shape import LineShape  # noqa: PLC0415

        d = dict(src_dict)
        from_ = d.pop("from")

        to = d.pop("to")

        bucket = check_savings_shape_bucket(d.pop("bucket"))

        paid_eur = d.pop("paid_eur")

        baselines = []
        _baselines = d.pop("baselines")
        for baselines_item_data in _baselines:
            baselines_item = BaselineShape.from_dict(baselines_item_data)

            baselines.append(baselines_item)

        bars = []
        _bars = d.pop("bars")
        for bars_item_data in _bars:
            bars_item = BarShape.from_dict(bars_item_data)

            bars.append(bars_item)

        bill = []
        _bill = d.pop("bill")
        for bill_item_data in _bill:
            bill_item = LineShape.from_dict(bill_item_data)

            bill.append(bill_item)

        total_eur = d.pop("total_eur")

        def _parse_self_use_ratio(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        self_use_ratio = _parse_self_use_ratio(d.pop("self_use_ratio"))

        def _parse_own_power_ratio(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        own_power_ratio = _parse_own_power_ratio(d.pop("own_power_ratio"))

        def _parse_carbon_kg(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        carbon_kg = _parse_carbon_kg(d.pop("carbon_kg"))

        carbon_note = d.pop("carbon_note")

        devices = []
        _devices = d.pop("devices")
        for devices_item_data in _devices:
            devices_item = DeviceShape.from_dict(devices_item_data)

            devices.append(devices_item)

        accuracy = []
        _accuracy = d.pop("accuracy")
        for accuracy_item_data in _accuracy:
            accuracy_item = ChannelAccuracy.from_dict(accuracy_item_data)

            accuracy.append(accuracy_item)

        coverage_ratio = d.pop("coverage_ratio")

        gaps = []
        _gaps = d.pop("gaps")
        for gaps_item_data in _gaps:
            gaps_item = GapShape.from_dict(gaps_item_data)

            gaps.append(gaps_item)

        notes = cast(list[str], d.pop("notes"))

        savings_shape = cls(
            from_=from_,
            to=to,
            bucket=bucket,
            paid_eur=paid_eur,
            baselines=baselines,
            bars=bars,
            bill=bill,
            total_eur=total_eur,
            self_use_ratio=self_use_ratio,
            own_power_ratio=own_power_ratio,
            carbon_kg=carbon_kg,
            carbon_note=carbon_note,
            devices=devices,
            accuracy=accuracy,
            coverage_ratio=coverage_ratio,
            gaps=gaps,
            notes=notes,
        )

        savings_shape.additional_properties = d
        return savings_shape

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
