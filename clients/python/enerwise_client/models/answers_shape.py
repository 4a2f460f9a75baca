from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="AnswersShape")


@_attrs_define
class AnswersShape:
    """Whether a device answers.

    Attributes:
        id (str):
        answers (bool):
        last_at (None | str): When a silent one was last heard, where that is known.
        problems (list[str]):
    """

    id: str
    answers: bool
    last_at: None | str
    problems: list[str]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        answers = self.answers

        last_at: None | str
        last_at = self.last_at

        problems = self.problems

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "answers": answers,
                "last_at": last_at,
                "problems": problems,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        answers = d.pop("answers")

        def _parse_last_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        last_at = _parse_last_at(d.pop("last_at"))

        problems = cast(list[str], d.pop("problems"))

        answers_shape = cls(
            id=id,
            answers=answers,
            last_at=last_at,
            problems=problems,
        )

        answers_shape.additional_properties = d
        return answers_shape

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
