from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.graph_answer_data_type_0 import GraphAnswerDataType0
    from ..models.graph_error import GraphError


T = TypeVar("T", bound="GraphAnswer")


@_attrs_define
class GraphAnswer:
    """Data, and what could not be answered.

    Attributes:
        data (GraphAnswerDataType0 | None):
        errors (list[GraphError] | Unset):
    """

    data: GraphAnswerDataType0 | None
    errors: list[GraphError] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.graph_answer_data_type_0 import GraphAnswerDataType0  # noqa: PLC0415

        data: dict[str, Any] | None
        if isinstance(self.data, GraphAnswerDataType0):
            data = self.data.to_dict()
        else:
            data = self.data

        errors: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.errors, Unset):
            errors = []
            for errors_item_data in self.errors:
                errors_item = errors_item_data.to_dict()
                errors.append(errors_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "data": data,
            }
        )
        if errors is not UNSET:
            field_dict["errors"] = errors

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.graph_answer_data_type_0 import GraphAnswerDataType0  # noqa: PLC0415
        from ..models.graph_error import GraphError  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_data(data: object) -> GraphAnswerDataType0 | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                data_type_0 = GraphAnswerDataType0.from_dict(data)

                return data_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(GraphAnswerDataType0 | None, data)

        data = _parse_data(d.pop("data"))

        _errors = d.pop("errors", UNSET)
        errors: list[GraphError] | Unset = UNSET
        if _errors is not UNSET:
            errors = []
            for errors_item_data in _errors:
                errors_item = GraphError.from_dict(errors_item_data)

                errors.append(errors_item)

        graph_answer = cls(
            data=data,
            errors=errors,
        )

        graph_answer.additional_properties = d
        return graph_answer

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
