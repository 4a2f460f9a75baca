from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.channel_accuracy import ChannelAccuracy
    from ..models.day_accuracy import DayAccuracy
    from ..models.missed_day import MissedDay


T = TypeVar("T", bound="AccuracyShape")


@_attrs_define
class AccuracyShape:
    """The last forecast made before each local day, against what was measured in it.

    Attributes:
        days (int):
        channels (list[ChannelAccuracy]):
        by_day (list[DayAccuracy]):
        missed (list[MissedDay]):
    """

    days: int
    channels: list[ChannelAccuracy]
    by_day: list[DayAccuracy]
    missed: list[MissedDay]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        days = self.days

        channels = []
        for channels_item_data in self.channels:
            channels_item = channels_item_data.to_dict()
            channels.append(channels_item)

        by_day = []
        for by_day_item_data in self.by_day:
            by_day_item = by_day_item_data.to_dict()
            by_day.append(by_day_item)

        missed = []
        for missed_item_data in self.missed:
            missed_item = missed_item_data.to_dict()
            missed.append(missed_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "days": days,
                "channels": channels,
                "by_day": by_day,
                "missed": missed,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.channel_accuracy import ChannelAccuracy  # noqa: PLC0415
        from ..models.day_accuracy import DayAccuracy  # noqa: PLC0415
        from ..models.missed_day import MissedDay  # noqa: PLC0415

        d = dict(src_dict)
        days = d.pop("days")

        channels = []
        _channels = d.pop("channels")
        for channels_item_data in _channels:
            channels_item = ChannelAccuracy.from_dict(channels_item_data)

            channels.append(channels_item)

        by_day = []
        _by_day = d.pop("by_day")
        for by_day_item_data in _by_day:
            by_day_item = DayAccuracy.from_dict(by_day_item_data)

            by_day.append(by_day_item)

        missed = []
        _missed = d.pop("missed")
        for missed_item_data in _missed:
            missed_item = MissedDay.from_dict(missed_item_data)

            missed.append(missed_item)

        accuracy_shape = cls(
            days=days,
            channels=channels,
            by_day=by_day,
            missed=missed,
        )

        accuracy_shape.additional_properties = d
        return accuracy_shape

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
