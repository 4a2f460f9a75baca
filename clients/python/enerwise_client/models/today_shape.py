from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.sources_kwh import SourcesKwh


T = TypeVar("T", bound="TodayShape")


@_attrs_define
class TodayShape:
    """The local day so far.

    Attributes:
        day (str):
        hours (float):
        paid_eur (float | None):
        without_planning_eur (float | None):
        saved_eur (float | None):
        baseline (str):
        solar_kwh (float | None):
        solar_expected_kwh (float | None): So far, and what is still foreseen of today.
        own_power_ratio (float | None):
        sources_kwh (SourcesKwh): Where what the home used came from.
        carbon_kg (float | None):
        carbon_without_solar_kg (float | None):
        coverage_ratio (float):
        gaps (list[str]): Channels of which something is missing.
    """

    day: str
    hours: float
    paid_eur: float | None
    without_planning_eur: float | None
    saved_eur: float | None
    baseline: str
    solar_kwh: float | None
    solar_expected_kwh: float | None
    own_power_ratio: float | None
    sources_kwh: SourcesKwh
    carbon_kg: float | None
    carbon_without_solar_kg: float | None
    coverage_ratio: float
    gaps: list[str]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        day = self.day

        hours = self.hours

        paid_eur: float | None
        paid_eur = self.paid_eur

        without_planning_eur: float | None
        without_planning_eur = self.without_planning_eur

        saved_eur: float | None
        saved_eur = self.saved_eur

        baseline = self.baseline

        solar_kwh: float | None
        solar_kwh = self.solar_kwh

        solar_expected_kwh: float | None
        solar_expected_kwh = self.solar_expected_kwh

        own_power_ratio: float | None
        own_power_ratio = self.own_power_ratio

        sources_kwh = self.sources_kwh.to_dict()

        carbon_kg: float | None
        carbon_kg = self.carbon_kg

        carbon_without_solar_kg: float | None
        carbon_without_solar_kg = self.carbon_without_solar_kg

        coverage_ratio = self.coverage_ratio

        gaps = self.gaps

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "day": day,
                "hours": hours,
                "paid_eur": paid_eur,
                "without_planning_eur": without_planning_eur,
                "saved_eur": saved_eur,
                "baseline": baseline,
                "solar_kwh": solar_kwh,
                "solar_expected_kwh": solar_expected_kwh,
                "own_power_ratio": own_power_ratio,
                "sources_kwh": sources_kwh,
                "carbon_kg": carbon_kg,
                "carbon_without_solar_kg": carbon_without_solar_kg,
                "coverage_ratio": coverage_ratio,
                "gaps": gaps,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.sources_kwh import SourcesKwh  # noqa: PLC0415

        d = dict(src_dict)
        day = d.pop("day")

        hours = d.pop("hours")

        def _parse_paid_eur(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        paid_eur = _parse_paid_eur(d.pop("paid_eur"))

        def _parse_without_planning_eur(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        without_planning_eur = _parse_without_planning_eur(d.pop("without_planning_eur"))

        def _parse_saved_eur(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        saved_eur = _parse_saved_eur(d.pop("saved_eur"))

        baseline = d.pop("baseline")

        def _parse_solar_kwh(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        solar_kwh = _parse_solar_kwh(d.pop("solar_kwh"))

        def _parse_solar_expected_kwh(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        solar_expected_kwh = _parse_solar_expected_kwh(d.pop("solar_expected_kwh"))

        def _parse_own_power_ratio(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        own_power_ratio = _parse_own_power_ratio(d.pop("own_power_ratio"))

        sources_kwh = SourcesKwh.from_dict(d.pop("sources_kwh"))

        def _parse_carbon_kg(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        carbon_kg = _parse_carbon_kg(d.pop("carbon_kg"))

        def _parse_carbon_without_solar_kg(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        carbon_without_solar_kg = _parse_carbon_without_solar_kg(d.pop("carbon_without_solar_kg"))

        coverage_ratio = d.pop("coverage_ratio")

        gaps = cast(list[str], d.pop("gaps"))

        today_shape = cls(
            day=day,
            hours=hours,
            paid_eur=paid_eur,
            without_planning_eur=without_planning_eur,
            saved_eur=saved_eur,
            baseline=baseline,
            solar_kwh=solar_kwh,
            solar_expected_kwh=solar_expected_kwh,
            own_power_ratio=own_power_ratio,
            sources_kwh=sources_kwh,
            carbon_kg=carbon_kg,
            carbon_without_solar_kg=carbon_without_solar_kg,
            coverage_ratio=coverage_ratio,
            gaps=gaps,
        )

        today_shape.additional_properties = d
        return today_shape

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
