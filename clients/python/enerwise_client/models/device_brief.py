from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.device_brief_serves import DeviceBriefServes


T = TypeVar("T", bound="DeviceBrief")


@_attrs_define
class DeviceBrief:
    """One device, and how it answers.

    Attributes:
        id (str):
        name (str):
        driver (str):
        address (str):
        unit_id (int):
        profile (str):
        product (str):
        serves (DeviceBriefServes):
        place (str):
        is_read_only (bool):
        answers (bool | None | Unset):
        last_at (None | str | Unset):
        problems (list[str] | Unset):
        power_w (float | None | Unset):
        soc_ratio (float | None | Unset):
        today_kwh (float | None | Unset):
        waits_for_start (bool | Unset):  Default: False.
    """

    id: str
    name: str
    driver: str
    address: str
    unit_id: int
    profile: str
    product: str
    serves: DeviceBriefServes
    place: str
    is_read_only: bool
    answers: bool | None | Unset = UNSET
    last_at: None | str | Unset = UNSET
    problems: list[str] | Unset = UNSET
    power_w: float | None | Unset = UNSET
    soc_ratio: float | None | Unset = UNSET
    today_kwh: float | None | Unset = UNSET
    waits_for_start: bool | Unset = False
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        name = self.name

        driver = self.driver

        address = self.address

        unit_id = self.unit_id

        profile = self.profile

        product = self.product

        serves = self.serves.to_dict()

        place = self.place

        is_read_only = self.is_read_only

        answers: bool | None | Unset
        if isinstance(self.answers, Unset):
            answers = UNSET
        else:
            answers = self.answers

        last_at: None | str | Unset
        if isinstance(self.last_at, Unset):
            last_at = UNSET
        else:
            last_at = self.last_at

        problems: list[str] | Unset = UNSET
        if not isinstance(self.problems, Unset):
            problems = self.problems

        power_w: float | None | Unset
        if isinstance(self.power_w, Unset):
            power_w = UNSET
        else:
            power_w = self.power_w

        soc_ratio: float | None | Unset
        if isinstance(self.soc_ratio, Unset):
            soc_ratio = UNSET
        else:
            soc_ratio = self.soc_ratio

        today_kwh: float | None | Unset
        if isinstance(self.today_kwh, Unset):
            today_kwh = UNSET
        else:
            today_kwh = self.today_kwh

        waits_for_start = self.waits_for_start

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "driver": driver,
                "address": address,
                "unit_id": unit_id,
                "profile": profile,
                "product": product,
                "serves": serves,
                "place": place,
                "is_read_only": is_read_only,
            }
        )
        if answers is not UNSET:
            field_dict["answers"] = answers
        if last_at is not UNSET:
            field_dict["last_at"] = last_at
        if problems is not UNSET:
            field_dict["problems"] = problems
        if power_w is not UNSET:
            field_dict["power_w"] = power_w
        if soc_ratio is not UNSET:
            field_dict["soc_ratio"] = soc_ratio
        if today_kwh is not UNSET:
            field_dict["today_kwh"] = today_kwh
        if waits_for_start is not UNSET:
            field_dict["waits_for_start"] = waits_for_start

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.device_brief_serves import DeviceBriefServes  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        driver = d.pop("driver")

        address = d.pop("address")

        unit_id = d.pop("unit_id")

        profile = d.pop("profile")

        product = d.pop("product")

        serves = DeviceBriefServes.from_dict(d.pop("serves"))

        place = d.pop("place")

        is_read_only = d.pop("is_read_only")

        def _parse_answers(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        answers = _parse_answers(d.pop("answers", UNSET))

        def _parse_last_at(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        last_at = _parse_last_at(d.pop("last_at", UNSET))

        problems = cast(list[str], d.pop("problems", UNSET))

        def _parse_power_w(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        power_w = _parse_power_w(d.pop("power_w", UNSET))

        def _parse_soc_ratio(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        soc_ratio = _parse_soc_ratio(d.pop("soc_ratio", UNSET))

        def _parse_today_kwh(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        today_kwh = _parse_today_kwh(d.pop("today_kwh", UNSET))

        waits_for_start = d.pop("waits_for_start", UNSET)

        device_brief = cls(
            id=id,
            name=name,
            driver=driver,
            address=address,
            unit_id=unit_id,
            profile=profile,
            product=product,
            serves=serves,
            place=place,
            is_read_only=is_read_only,
            answers=answers,
            last_at=last_at,
            problems=problems,
            power_w=power_w,
            soc_ratio=soc_ratio,
            today_kwh=today_kwh,
            waits_for_start=waits_for_start,
        )

        device_brief.additional_properties = d
        return device_brief

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
