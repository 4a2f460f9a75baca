from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.passkey_question_options import PasskeyQuestionOptions


T = TypeVar("T", bound="PasskeyQuestion")


@_attrs_define
class PasskeyQuestion:
    """Options for ``navigator.credentials``, and a ticket to be sent back with the answer.

    Attributes:
        options (PasskeyQuestionOptions):
        ticket (str):
    """

    options: PasskeyQuestionOptions
    ticket: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        options = self.options.to_dict()

        ticket = self.ticket

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "options": options,
                "ticket": ticket,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.passkey_question_options import PasskeyQuestionOptions  # noqa: PLC0415

        d = dict(src_dict)
        options = PasskeyQuestionOptions.from_dict(d.pop("options"))

        ticket = d.pop("ticket")

        passkey_question = cls(
            options=options,
            ticket=ticket,
        )

        passkey_question.additional_properties = d
        return passkey_question

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
