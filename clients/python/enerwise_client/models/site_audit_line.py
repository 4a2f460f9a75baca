from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.site_audit_line_payload import SiteAuditLinePayload


T = TypeVar("T", bound="SiteAuditLine")


@_attrs_define
class SiteAuditLine:
    """One line, sealed to the one before by its hash.

    Attributes:
        seq (int):
        at (str):
        kind (str):
        subject (str):
        who (str):
        payload (SiteAuditLinePayload):
        hash_ (str):
    """

    seq: int
    at: str
    kind: str
    subject: str
    who: str
    payload: SiteAuditLinePayload
    hash_: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        seq = self.seq

        at = self.at

        kind = self.kind

        subject = self.subject

        who = self.who

        payload = self.payload.to_dict()

        hash_ = self.hash_

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "seq": seq,
                "at": at,
                "kind": kind,
                "subject": subject,
                "who": who,
                "payload": payload,
                "hash": hash_,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.site_audit_line_payload import SiteAuditLinePayload  # noqa: PLC0415

        d = dict(src_dict)
        seq = d.pop("seq")

        at = d.pop("at")

        kind = d.pop("kind")

        subject = d.pop("subject")

        who = d.pop("who")

        payload = SiteAuditLinePayload.from_dict(d.pop("payload"))

        hash_ = d.pop("hash")

        site_audit_line = cls(
            seq=seq,
            at=at,
            kind=kind,
            subject=subject,
            who=who,
            payload=payload,
            hash_=hash_,
        )

        site_audit_line.additional_properties = d
        return site_audit_line

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
