from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.stop_shape_acked_ms import StopShapeAckedMs


T = TypeVar("T", bound="StopShape")


@_attrs_define
class StopShape:
    """One stop, as the chain tells of it.

    Attributes:
        at (str):
        cause (str):
        who (str):
        is_test (bool):
        acked_ms (StopShapeAckedMs):
        missing (list[str]):
        rest_s (float | None):
    """

    at: str
    cause: str
    who: str
    is_test: bool
    acked_ms: StopShapeAckedMs
    missing: list[str]
    rest_s: float | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        at = self.at

        cause = self.cause

        who = self.who

        is_test = self.is_test

        acked_ms = self.acked_ms.to_dict()

        missing = self.missing

        rest_s: float | None
        rest_s = self.rest_s

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "at": at,
                "cause": cause,
                "who": who,
                "is_test": is_test,
                "acked_ms": acked_ms,
                "missing": missing,
                "rest_s": rest_s,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.stop_shape_acked_ms import StopShapeAckedMs  # noqa: PLC0415

        d = dict(src_dict)
        at = d.pop("at")

        cause = d.pop("cause")

        who = d.pop("who")

        is_test = d.pop("is_test")

        acked_ms = StopShapeAckedMs.from_dict(d.pop("acked_ms"))

        missing = cast(list[str], d.pop("missing"))

        def _parse_rest_s(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        rest_s = _parse_rest_s(d.pop("rest_s"))

        stop_shape = cls(
            at=at,
            cause=cause,
            who=who,
            is_test=is_test,
            acked_ms=acked_ms,
            missing=missing,
            rest_s=rest_s,
        )

        stop_shape.additional_properties = d
        return stop_shape

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
