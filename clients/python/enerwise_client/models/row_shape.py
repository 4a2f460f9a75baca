from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.row_shape_words import RowShapeWords


T = TypeVar("T", bound="RowShape")


@_attrs_define
class RowShape:
    """One row of the plan as a table.

    Attributes:
        start (str):
        end (str):
        price_low (float):
        price_high (float):
        words (RowShapeWords):
        grid_kwh (float):
        cost_eur (float):
    """

    start: str
    end: str
    price_low: float
    price_high: float
    words: RowShapeWords
    grid_kwh: float
    cost_eur: float
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        start = self.start

        end = self.end

        price_low = self.price_low

        price_high = self.price_high

        words = self.words.to_dict()

        grid_kwh = self.grid_kwh

        cost_eur = self.cost_eur

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "start": start,
                "end": end,
                "price_low": price_low,
                "price_high": price_high,
                "words": words,
                "grid_kwh": grid_kwh,
                "cost_eur": cost_eur,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.row_shape_words import RowShapeWords  # noqa: PLC0415

        d = dict(src_dict)
        start = d.pop("start")

        end = d.pop("end")

        price_low = d.pop("price_low")

        price_high = d.pop("price_high")

        words = RowShapeWords.from_dict(d.pop("words"))

        grid_kwh = d.pop("grid_kwh")

        cost_eur = d.pop("cost_eur")

        row_shape = cls(
            start=start,
            end=end,
            price_low=price_low,
            price_high=price_high,
            words=words,
            grid_kwh=grid_kwh,
            cost_eur=cost_eur,
        )

        row_shape.additional_properties = d
        return row_shape

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
