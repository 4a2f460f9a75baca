from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.comms_loss_shape import CommsLossShape
    from ..models.device_detail_serves import DeviceDetailServes
    from ..models.device_limit import DeviceLimit
    from ..models.device_value import DeviceValue
    from ..models.sign_check import SignCheck


T = TypeVar("T", bound="DeviceDetail")


@_attrs_define
class DeviceDetail:
    """One device with everything that is known.

    Attributes:
        id (str):
        name (str):
        driver (str):
        address (str):
        unit_id (int):
        profile (str):
        product (str):
        serves (DeviceDetailServes):
        place (str):
        is_read_only (bool):
        answers (bool | None | Unset):
        last_at (None | str | Unset):
        problems (list[str] | Unset):
        power_w (float | None | Unset):
        soc_ratio (float | None | Unset):
        today_kwh (float | None | Unset):
        waits_for_start (bool | Unset):  Default: False.
        values (list[DeviceValue] | Unset):
        limits (list[DeviceLimit] | Unset):
        signs (None | SignCheck | Unset):
        firmware (str | Unset):  Default: ''.
        serial (str | Unset):  Default: ''.
        lost_count (int | None | Unset):
        write_count (int | None | Unset):
        comms_loss (CommsLossShape | None | Unset):
    """

    id: str
    name: str
    driver: str
    address: str
    unit_id: int
    profile: str
    product: str
    serves: DeviceDetailServes
    place: str
    is_read_only: bool
    answers: bool | None | Unset = UNSET
    last_at: None | str | Unset = UNSET
    problems: list[str] | Unset = UNSET
    power_w: float | None | Unset = UNSET
    soc_ratio: float | None | Unset = UNSET
    today_kwh: float | None | Unset = UNSET
    waits_for_start: bool | Unset = False
    values: list[DeviceValue] | Unset = UNSET
    limits: list[DeviceLimit] | Unset = UNSET
    signs: None | SignCheck | Unset = UNSET
    firmware: str | Unset = ""
    serial: str | Unset = ""
    lost_count: int | None | Unset = UNSET
    write_count: int | None | Unset = UNSET
    comms_loss: CommsLossShape | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.comms_loss_shape import CommsLossShape  # noqa: PLC0415
        from ..models.sign_check import SignCheck  # noqa: PLC0415

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

        values: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.values, Unset):
            values = []
            for values_item_data in self.values:
                values_item = values_item_data.to_dict()
                values.append(values_item)

        limits: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.limits, Unset):
            limits = []
            for limits_item_data in self.limits:
                limits_item = limits_item_data.to_dict()
                limits.append(limits_item)

        signs: dict[str, Any] | None | Unset
        if isinstance(self.signs, Unset):
            signs = UNSET
        elif isinstance(self.signs, SignCheck):
            signs = self.signs.to_dict()
        else:
            signs = self.signs

        firmware = self.firmware

        serial = self.serial

        lost_count: int | None | Unset
        if isinstance(self.lost_count, Unset):
            lost_count = UNSET
        else:
            lost_count = self.lost_count

        write_count: int | None | Unset
        if isinstance(self.write_count, Unset):
            write_count = UNSET
        else:
            write_count = self.write_count

        comms_loss: dict[str, Any] | None | Unset
        if isinstance(self.comms_loss, Unset):
            comms_loss = UNSET
        elif isinstance(self.comms_loss, CommsLossShape):
            comms_loss = self.comms_loss.to_dict()
        else:
            comms_loss = self.comms_loss

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
        if values is not UNSET:
            field_dict["values"] = values
        if limits is not UNSET:
            field_dict["limits"] = limits
        if signs is not UNSET:
            field_dict["signs"] = signs
        if firmware is not UNSET:
            field_dict["firmware"] = firmware
        if serial is not UNSET:
            field_dict["serial"] = serial
        if lost_count is not UNSET:
            field_dict["lost_count"] = lost_count
        if write_count is not UNSET:
            field_dict["write_count"] = write_count
        if comms_loss is not UNSET:
            field_dict["comms_loss"] = comms_loss

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.comms_loss_shape import CommsLossShape  # noqa: PLC0415
        from ..models.device_detail_serves import DeviceDetailServes  # noqa: PLC0415
        from ..models.device_limit import DeviceLimit  # noqa: PLC0415
        from ..models.device_value import DeviceValue  # noqa: PLC0415
        from ..models.sign_check import SignCheck  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        driver = d.pop("driver")

        address = d.pop("address")

        unit_id = d.pop("unit_id")

        profile = d.pop("profile")

        product = d.pop("product")

        serves = DeviceDetailServes.from_dict(d.pop("serves"))

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

        _values = d.pop("values", UNSET)
        values: list[DeviceValue] | Unset = UNSET
        if _values is not UNSET:
            values = []
            for values_item_data in _values:
                values_item = DeviceValue.from_dict(values_item_data)

                values.append(values_item)

        _limits = d.pop("limits", UNSET)
        limits: list[DeviceLimit] | Unset = UNSET
        if _limits is not UNSET:
            limits = []
            for limits_item_data in _limits:
                limits_item = DeviceLimit.from_dict(limits_item_data)

                limits.append(limits_item)

        def _parse_signs(data: object) -> None | SignCheck | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                signs_type_0 = SignCheck.from_dict(data)

                return signs_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | SignCheck | Unset, data)

        signs = _parse_signs(d.pop("signs", UNSET))

        firmware = d.pop("firmware", UNSET)

        serial = d.pop("serial", UNSET)

        def _parse_lost_count(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        lost_count = _parse_lost_count(d.pop("lost_count", UNSET))

        def _parse_write_count(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        write_count = _parse_write_count(d.pop("write_count", UNSET))

        def _parse_comms_loss(data: object) -> CommsLossShape | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                comms_loss_type_0 = CommsLossShape.from_dict(data)

                return comms_loss_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(CommsLossShape | None | Unset, data)

        comms_loss = _parse_comms_loss(d.pop("comms_loss", UNSET))

        device_detail = cls(
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
            values=values,
            limits=limits,
            signs=signs,
            firmware=firmware,
            serial=serial,
            lost_count=lost_count,
            write_count=write_count,
            comms_loss=comms_loss,
        )

        device_detail.additional_properties = d
        return device_detail

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
