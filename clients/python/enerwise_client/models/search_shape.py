from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.search_shape_state import SearchShapeState, check_search_shape_state
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.found_shape import FoundShape


T = TypeVar("T", bound="SearchShape")


@_attrs_define
class SearchShape:
    """A search and how far it is.

    Attributes:
        id (str):
        network (str):
        state (SearchShapeState):
        asked (int):
        total (int):
        found (list[FoundShape]):
        why (str | Unset):  Default: ''.
    """

    id: str
    network: str
    state: SearchShapeState
    asked: int
    total: int
    found: list[FoundShape]
    why: str | Unset = ""
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        network = self.network

        state: str = self.state

        asked = self.asked

        total = self.total

        found = []
        for found_item_data in self.found:
            found_item = found_item_data.to_dict()
            found.append(found_item)

        why = self.why

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "network": network,
                "state": state,
                "asked": asked,
                "total": total,
                "found": found,
            }
        )
        if why is not UNSET:
            field_dict["why"] = why

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.found_shape import FoundShape  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        network = d.pop("network")

        state = check_search_shape_state(d.pop("state"))

        asked = d.pop("asked")

        total = d.pop("total")

        found = []
        _found = d.pop("found")
        for found_item_data in _found:
            found_item = FoundShape.from_dict(found_item_data)

            found.append(found_item)

        why = d.pop("why", UNSET)

        search_shape = cls(
            id=id,
            network=network,
            state=state,
            asked=asked,
            total=total,
            found=found,
            why=why,
        )

        search_shape.additional_properties = d
        return search_shape

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
