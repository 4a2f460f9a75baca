from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.watchdog_shape_kind import WatchdogShapeKind, check_watchdog_shape_kind
from ..types import UNSET, Unset

T = TypeVar("T", bound="WatchdogShape")


@_attrs_define
class WatchdogShape:
    """Something that brings a machine to rest when nobody speaks to it.

    Attributes:
        id (str):
        kind (WatchdogShapeKind):
        timeout_s (float | None):
        holds (bool | None):
        last_test_at (None | str | Unset):
    """

    id: str
    kind: WatchdogShapeKind
    timeout_s: float | None
    holds: bool | None
    last_test_at: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        kind: str = self.kind

        timeout_s: float | None
        timeout_s = self.timeout_s

        holds: bool | None
        holds = self.holds

        last_test_at: None | str | Unset
        if isinstance(self.last_test_at, Unset):
            last_test_at = UNSET
        else:
            last_test_at = self.last_test_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "kind": kind,
                "timeout_s": timeout_s,
                "holds": holds,
            }
        )
        if last_test_at is not UNSET:
            field_dict["last_test_at"] = last_test_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        kind = check_watchdog_shape_kind(d.pop("kind"))

        def _parse_timeout_s(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        timeout_s = _parse_timeout_s(d.pop("timeout_s"))

        def _parse_holds(data: object) -> bool | None:
            if data is None:
                return data
            return cast(bool | None, data)

        holds = _parse_holds(d.pop("holds"))

        def _parse_last_test_at(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        last_test_at = _parse_last_test_at(d.pop("last_test_at", UNSET))

        watchdog_shape = cls(
            id=id,
            kind=kind,
            timeout_s=timeout_s,
            holds=holds,
            last_test_at=last_test_at,
        )

        watchdog_shape.additional_properties = d
        return watchdog_shape

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
