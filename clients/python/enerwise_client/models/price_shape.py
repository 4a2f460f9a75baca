from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="PriceShape")


@_attrs_define
class PriceShape:
    """What energy costs in each step.

    Attributes:
        import_eur_per_kwh (list[float | None]):
        export_eur_per_kwh (list[float | None]):
        published (list[bool]): False where the price of an earlier day stands in.
    """

    import_eur_per_kwh: list[float | None]
    export_eur_per_kwh: list[float | None]
    published: list[bool]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        import_eur_per_kwh = []
        for import_eur_per_kwh_item_data in self.import_eur_per_kwh:
            import_eur_per_kwh_item: float | None
            import_eur_per_kwh_item = import_eur_per_kwh_item_data
            import_eur_per_kwh.append(import_eur_per_kwh_item)

        export_eur_per_kwh = []
        for export_eur_per_kwh_item_data in self.export_eur_per_kwh:
            export_eur_per_kwh_item: float | None
            export_eur_per_kwh_item = export_eur_per_kwh_item_data
            export_eur_per_kwh.append(export_eur_per_kwh_item)

        published = self.published

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "import_eur_per_kwh": import_eur_per_kwh,
                "export_eur_per_kwh": export_eur_per_kwh,
                "published": published,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        import_eur_per_kwh = []
        _import_eur_per_kwh = d.pop("import_eur_per_kwh")
        for import_eur_per_kwh_item_data in _import_eur_per_kwh:

            def _parse_import_eur_per_kwh_item(data: object) -> float | None:
                if data is None:
                    return data
                return cast(float | None, data)

            import_eur_per_kwh_item = _parse_import_eur_per_kwh_item(import_eur_per_kwh_item_data)

            import_eur_per_kwh.append(import_eur_per_kwh_item)

        export_eur_per_kwh = []
        _export_eur_per_kwh = d.pop("export_eur_per_kwh")
        for export_eur_per_kwh_item_data in _export_eur_per_kwh:

            def _parse_export_eur_per_kwh_item(data: object) -> float | None:
                if data is None:
                    return data
                return cast(float | None, data)

            export_eur_per_kwh_item = _parse_export_eur_per_kwh_item(export_eur_per_kwh_item_data)

            export_eur_per_kwh.append(export_eur_per_kwh_item)

        published = cast(list[bool], d.pop("published"))

        price_shape = cls(
            import_eur_per_kwh=import_eur_per_kwh,
            export_eur_per_kwh=export_eur_per_kwh,
            published=published,
        )

        price_shape.additional_properties = d
        return price_shape

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
