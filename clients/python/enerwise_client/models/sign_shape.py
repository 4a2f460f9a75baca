from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.sign_shape_state import SignShapeState, check_sign_shape_state
from ..models.sign_shape_verdict_type_0 import (
    SignShapeVerdictType0,
    check_sign_shape_verdict_type_0,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="SignShape")


@_attrs_define
class SignShape:
    """A check of the meter's sign, and how far it is.

    Attributes:
        id (str):
        device (str):
        state (SignShapeState):
        before_w (float | None):
        now_w (float | None):
        rise_w (float | None):
        load_w (float):
        verdict (None | SignShapeVerdictType0):
        why (str | Unset):  Default: ''.
    """

    id: str
    device: str
    state: SignShapeState
    before_w: float | None
    now_w: float | None
    rise_w: float | None
    load_w: float
    verdict: None | SignShapeVerdictType0
    why: str | Unset = ""
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        device = self.device

        state: str = self.state

        before_w: float | None
        before_w = self.before_w

        now_w: float | None
        now_w = self.now_w

        rise_w: float | None
        rise_w = self.rise_w

        load_w = self.load_w

        verdict: None | str
        if isinstance(self.verdict, str):
            verdict = self.verdict
        else:
            verdict = self.verdict

        why = self.why

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "device": device,
                "state": state,
                "before_w": before_w,
                "now_w": now_w,
                "rise_w": rise_w,
                "load_w": load_w,
                "verdict": verdict,
            }
        )
        if why is not UNSET:
            field_dict["why"] = why

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        device = d.pop("device")

        state = check_sign_shape_state(d.pop("state"))

        def _parse_before_w(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        before_w = _parse_before_w(d.pop("before_w"))

        def _parse_now_w(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        now_w = _parse_now_w(d.pop("now_w"))

        def _parse_rise_w(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        rise_w = _parse_rise_w(d.pop("rise_w"))

        load_w = d.pop("load_w")

        def _parse_verdict(data: object) -> None | SignShapeVerdictType0:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                verdict_type_0 = check_sign_shape_verdict_type_0(data)

                return verdict_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | SignShapeVerdictType0, data)

        verdict = _parse_verdict(d.pop("verdict"))

        why = d.pop("why", UNSET)

        sign_shape = cls(
            id=id,
            device=device,
            state=state,
            before_w=before_w,
            now_w=now_w,
            rise_w=rise_w,
            load_w=load_w,
            verdict=verdict,
            why=why,
        )

        sign_shape.additional_properties = d
        return sign_shape

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
