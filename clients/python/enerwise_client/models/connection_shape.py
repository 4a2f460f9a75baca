from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ConnectionShape")


@_attrs_define
class ConnectionShape:
    """How the site hangs on the grid, now.

    Attributes:
        import_limit_w (float):
        export_limit_w (float):
        fuse_a (float | None):
        phase_count (int):
    """

    import_limit_w: float
    export_limit_w: float
    fuse_a: float | None
    phase_count: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        import_limit_w = self.import_limit_w

        export_limit_w = self.export_limit_w

        fuse_a: float | None
        fuse_a = self.fuse_a

        phase_count = self.phase_count

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "import_limit_w": import_limit_w,
                "export_limit_w": export_limit_w,
                "fuse_a": fuse_a,
                "phase_count": phase_count,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        import_limit_w = d.pop("import_limit_w")

        export_limit_w = d.pop("export_limit_w")

        def _parse_fuse_a(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        fuse_a = _parse_fuse_a(d.pop("fuse_a"))

        phase_count = d.pop("phase_count")

        connection_shape = cls(
            import_limit_w=import_limit_w,
            export_limit_w=export_limit_w,
            fuse_a=fuse_a,
            phase_count=phase_count,
        )

        connection_shape.additional_properties = d
        return connection_shape

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
