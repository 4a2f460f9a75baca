from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="EntryProofShape")


@_attrs_define
class EntryProofShape:
    """An entry of the ledger in full, and its way to the root of its slot.

    Attributes:
        number (int):
        at_ns (int):
        id (str):
        debit (str):
        credit (str):
        amount (int): Whole Wh, or whole micro-euro; the accounts say which.
        kind (str):
        pending_id (str):
        timeout_ns (int):
        is_linked (bool):
        before (str): Hash of the entry before.
        salt (str):
        path (list[str]):
        is_left (int): Bit i: the i-th of `path` stands to the left.
    """

    number: int
    at_ns: int
    id: str
    debit: str
    credit: str
    amount: int
    kind: str
    pending_id: str
    timeout_ns: int
    is_linked: bool
    before: str
    salt: str
    path: list[str]
    is_left: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        number = self.number

        at_ns = self.at_ns

        id = self.id

        debit = self.debit

        credit = self.credit

        amount = self.amount

        kind = self.kind

        pending_id = self.pending_id

        timeout_ns = self.timeout_ns

        is_linked = self.is_linked

        before = self.before

        salt = self.salt

        path = self.path

        is_left = self.is_left

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "number": number,
                "at_ns": at_ns,
                "id": id,
                "debit": debit,
                "credit": credit,
                "amount": amount,
                "kind": kind,
                "pending_id": pending_id,
                "timeout_ns": timeout_ns,
                "is_linked": is_linked,
                "before": before,
                "salt": salt,
                "path": path,
                "is_left": is_left,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        number = d.pop("number")

        at_ns = d.pop("at_ns")

        id = d.pop("id")

        debit = d.pop("debit")

        credit = d.pop("credit")

        amount = d.pop("amount")

        kind = d.pop("kind")

        pending_id = d.pop("pending_id")

        timeout_ns = d.pop("timeout_ns")

        is_linked = d.pop("is_linked")

        before = d.pop("before")

        salt = d.pop("salt")

        path = cast(list[str], d.pop("path"))

        is_left = d.pop("is_left")

        entry_proof_shape = cls(
            number=number,
            at_ns=at_ns,
            id=id,
            debit=debit,
            credit=credit,
            amount=amount,
            kind=kind,
            pending_id=pending_id,
            timeout_ns=timeout_ns,
            is_linked=is_linked,
            before=before,
            salt=salt,
            path=path,
            is_left=is_left,
        )

        entry_proof_shape.additional_properties = d
        return entry_proof_shape

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
