from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.past_shape_power_w import PastShapePowerW
    from ..models.past_shape_soc_ratio import PastShapeSocRatio


T = TypeVar("T", bound="PastShape")


@_attrs_define
class PastShape:
    """What was measured before, on the plan's steps.

    Attributes:
        start_utc (list[str]):
        power_w (PastShapePowerW):
        soc_ratio (PastShapeSocRatio):
        planned_grid_w (list[float | None]): What the plans in force then had meant.
        import_eur_per_kwh (list[float | None]):
        export_eur_per_kwh (list[float | None]):
    """

    start_utc: list[str]
    power_w: PastShapePowerW
    soc_ratio: PastShapeSocRatio
    planned_grid_w: list[float | None]
    import_eur_per_kwh: list[float | None]
    export_eur_per_kwh: list[float | None]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        start_utc = self.start_utc

        power_w = self.power_w.to_dict()

        soc_ratio = self.soc_ratio.to_dict()

        planned_grid_w = []
        for planned_grid_w_item_data in self.planned_grid_w:
            planned_grid_w_item: float | None
            planned_grid_w_item = planned_grid_w_item_data
            planned_grid_w.append(planned_grid_w_item)

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

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "start_utc": start_utc,
                "power_w": power_w,
                "soc_ratio": soc_ratio,
                "planned_grid_w": planned_grid_w,
                "import_eur_per_kwh": import_eur_per_kwh,
                "export_eur_per_kwh": export_eur_per_kwh,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.past_shape_power_w import PastShapePowerW  # noqa: PLC0415
        from ..models.past_shape_soc_ratio import PastShapeSocRatio  # noqa: PLC0415

        d = dict(src_dict)
        start_utc = cast(list[str], d.pop("start_utc"))

        power_w = PastShapePowerW.from_dict(d.pop("power_w"))

        soc_ratio = PastShapeSocRatio.from_dict(d.pop("soc_ratio"))

        planned_grid_w = []
        _planned_grid_w = d.pop("planned_grid_w")
        for planned_grid_w_item_data in _planned_grid_w:

            def _parse_planned_grid_w_item(data: object) -> float | None:
                if data is None:
                    return data
                return cast(float | None, data)

            planned_grid_w_item = _parse_planned_grid_w_item(planned_grid_w_item_data)

            planned_grid_w.append(planned_grid_w_item)

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

        past_shape = cls(
            start_utc=start_utc,
            power_w=power_w,
            soc_ratio=soc_ratio,
            planned_grid_w=planned_grid_w,
            import_eur_per_kwh=import_eur_per_kwh,
            export_eur_per_kwh=export_eur_per_kwh,
        )

        past_shape.additional_properties = d
        return past_shape

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
