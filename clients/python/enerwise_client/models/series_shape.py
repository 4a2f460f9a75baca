from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.series_shape_columns import SeriesShapeColumns
    from ..models.series_shape_quality import SeriesShapeQuality
    from ..models.series_shape_times import SeriesShapeTimes


T = TypeVar("T", bound="SeriesShape")


@_attrs_define
class SeriesShape:
    """Channels in columns; times are the starts of steps, or the moments of readings.

    Attributes:
        step_s (int | None): Null for raw or reduced series, where each channel has its own times.
        start_utc (list[str]):
        columns (SeriesShapeColumns):
        quality (SeriesShapeQuality): 0 good, 1 estimated, 2 suspect, 3 missing; empty where series are reduced.
        times (SeriesShapeTimes | Unset): Of raw and reduced series, by channel.
    """

    step_s: int | None
    start_utc: list[str]
    columns: SeriesShapeColumns
    quality: SeriesShapeQuality
    times: SeriesShapeTimes | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        step_s: int | None
        step_s = self.step_s

        start_utc = self.start_utc

        columns = self.columns.to_dict()

        quality = self.quality.to_dict()

        times: dict[str, Any] | Unset = UNSET
        if not isinstance(self.times, Unset):
            times = self.times.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "step_s": step_s,
                "start_utc": start_utc,
                "columns": columns,
                "quality": quality,
            }
        )
        if times is not UNSET:
            field_dict["times"] = times

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.series_shape_columns import SeriesShapeColumns  # noqa: PLC0415
        from ..models.series_shape_quality import SeriesShapeQuality  # noqa: PLC0415
        from ..models.series_shape_times import SeriesShapeTimes  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_step_s(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        step_s = _parse_step_s(d.pop("step_s"))

        start_utc = cast(list[str], d.pop("start_utc"))

        columns = SeriesShapeColumns.from_dict(d.pop("columns"))

        quality = SeriesShapeQuality.from_dict(d.pop("quality"))

        _times = d.pop("times", UNSET)
        times: SeriesShapeTimes | Unset
        if isinstance(_times, Unset):
            times = UNSET
        else:
            times = SeriesShapeTimes.from_dict(_times)

        series_shape = cls(
            step_s=step_s,
            start_utc=start_utc,
            columns=columns,
            quality=quality,
            times=times,
        )

        series_shape.additional_properties = d
        return series_shape

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
