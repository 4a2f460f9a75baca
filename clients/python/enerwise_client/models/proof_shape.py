from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ProofShape")


@_attrs_define
class ProofShape:
    """An entry of the ledger, and its way to the root of its slot.

    Attributes:
        entry (int):
        id (str):
        kind (str):
        debit (str):
        credit (str):
        amount (int):
        leaf (str):
        path (list[str]):
        is_left (int): Bit i: the i-th of `path` stands to the left.
    """

    entry: int
    id: str
    kind: str
    debit: str
    credit: str
    amount: int
    leaf: str
    path: list[str]
    is_left: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        entry = self.entry

        id = self.id

        kind = self.kind

        debit = self.debit

        credit = self.credit

        amount = self.amount

        leaf = self.leaf

        path = self.path

        is_left = self.is_left

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "entry": entry,
                "id": id,
                "kind": kind,
                "debit": debit,
                "credit": credit,
                "amount": amount,
                "leaf": leaf,
                "path": path,
                "is_left": is_left,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        entry = d.pop("entry")

        id = d.pop("id")

        kind = d.pop("kind")

        debit = d.pop("debit")

        credit = d.pop("credit")

        amount = d.pop("amount")

        leaf = d.pop("leaf")

        path = cast(list[str], d.pop("path"))

        is_left = d.pop("is_left")

        proof_shape = cls(
            entry=entry,
            id=id,
            kind=kind,
            debit=debit,
            credit=credit,
            amount=amount,
            leaf=leaf,
            path=path,
            is_left=is_left,
        )

        proof_shape.additional_properties = d
        return proof_shape

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
