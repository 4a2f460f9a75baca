from __future__ import annotations

from collections.abc import Mapping
from typing import (
    TYPE_CHECKING,
    Any,
    Literal,
    TypeVar,
    cast,
)

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.gap_shape import GapShape
    from ..models.line_shape import LineShape


T = TypeVar("T", bound="BillShape")


@_attrs_define
class BillShape:
    """A preview of the bill: what is measured, at the tariff as it was known.

    Attributes:
        from_ (str):
        to (str):
        currency (Literal['EUR']):
        lines (list[LineShape]):
        total_eur (float):
        coverage_ratio (float):
        gaps (list[GapShape]):
        notes (list[str]):
    """

    from_: str
    to: str
    currency: Literal["EUR"]
    lines: list[LineShape]
    total_eur: float
    coverage_ratio: float
    gaps: list[GapShape]
    notes: list[str]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from_ = self.from_

        to = self.to

        currency = self.currency

        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)

        total_eur = self.total_eur

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
                "currency": currency,
                "lines": lines,
                "total_eur": total_eur,
                "coverage_ratio": coverage_ratio,
                "gaps": gaps,
                "notes": notes,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.gap_shape import GapShape  # noqa: PLC0415
        from ..models.line_shape import LineShape  # noqa: PLC0415

        d = dict(src_dict)
        from_ = d.pop("from")

        to = d.pop("to")

        currency = cast(Literal["EUR"], d.pop("currency"))
        if currency != "EUR":
            raise ValueError(f"currency must match const 'EUR', got '{currency}'")

        lines = []
        _lines = d.pop("lines")
        for lines_item_data in _lines:
            lines_item = LineShape.from_dict(lines_item_data)

            lines.append(lines_item)

        total_eur = d.pop("total_eur")

        coverage_ratio = d.pop("coverage_ratio")

        gaps = []
        _gaps = d.pop("gaps")
        for gaps_item_data in _gaps:
            gaps_item = GapShape.from_dict(gaps_item_data)

            gaps.append(gaps_item)

        notes = cast(list[str], d.pop("notes"))

        bill_shape = cls(
            from_=from_,
            to=to,
            currency=currency,
            lines=lines,
            total_eur=total_eur,
            coverage_ratio=coverage_ratio,
            gaps=gaps,
            notes=notes,
        )

        bill_shape.additional_properties = d
        return bill_shape

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
