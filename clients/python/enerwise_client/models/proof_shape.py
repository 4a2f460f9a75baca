from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.entry_proof_shape import EntryProofShape


T = TypeVar("T", bound="ProofShape")


@_attrs_define
class ProofShape:
    """What was booked for a participant in a settled slot: as `enerwise market verify --proof` takes it.

    Attributes:
        participant (str):
        start_utc (str):
        format_ (str):
        slot (str):
        root (str):
        head (str):
        entry_count (int):
        closed_at_ns (int):
        signature (str): By whoever runs the market.
        entries (list[EntryProofShape]):
    """

    participant: str
    start_utc: str
    format_: str
    slot: str
    root: str
    head: str
    entry_count: int
    closed_at_ns: int
    signature: str
    entries: list[EntryProofShape]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        participant = self.participant

        start_utc = self.start_utc

        format_ = self.format_

        slot = self.slot

        root = self.root

        head = self.head

        entry_count = self.entry_count

        closed_at_ns = self.closed_at_ns

        signature = self.signature

        entries = []
        for entries_item_data in self.entries:
            entries_item = entries_item_data.to_dict()
            entries.append(entries_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "participant": participant,
                "start_utc": start_utc,
                "format": format_,
                "slot": slot,
                "root": root,
                "head": head,
                "entry_count": entry_count,
                "closed_at_ns": closed_at_ns,
                "signature": signature,
                "entries": entries,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.entry_proof_shape import EntryProofShape  # noqa: PLC0415

        d = dict(src_dict)
        participant = d.pop("participant")

        start_utc = d.pop("start_utc")

        format_ = d.pop("format")

        slot = d.pop("slot")

        root = d.pop("root")

        head = d.pop("head")

        entry_count = d.pop("entry_count")

        closed_at_ns = d.pop("closed_at_ns")

        signature = d.pop("signature")

        entries = []
        _entries = d.pop("entries")
        for entries_item_data in _entries:
            entries_item = EntryProofShape.from_dict(entries_item_data)

            entries.append(entries_item)

        proof_shape = cls(
            participant=participant,
            start_utc=start_utc,
            format_=format_,
            slot=slot,
            root=root,
            head=head,
            entry_count=entry_count,
            closed_at_ns=closed_at_ns,
            signature=signature,
            entries=entries,
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
