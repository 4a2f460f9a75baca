from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.new_key_scopes import NewKeyScopes


T = TypeVar("T", bound="NewKey")


@_attrs_define
class NewKey:
    """A key to issue.

    Attributes:
        name (str):
        scopes (NewKeyScopes):
        lasts_days (int | None | Unset):  Default: 365.
        holder_id (None | str | Unset):
    """

    name: str
    scopes: NewKeyScopes
    lasts_days: int | None | Unset = 365
    holder_id: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        scopes = self.scopes.to_dict()

        lasts_days: int | None | Unset
        if isinstance(self.lasts_days, Unset):
            lasts_days = UNSET
        else:
            lasts_days = self.lasts_days

        holder_id: None | str | Unset
        if isinstance(self.holder_id, Unset):
            holder_id = UNSET
        else:
            holder_id = self.holder_id

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "scopes": scopes,
            }
        )
        if lasts_days is not UNSET:
            field_dict["lasts_days"] = lasts_days
        if holder_id is not UNSET:
            field_dict["holder_id"] = holder_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.new_key_scopes import NewKeyScopes  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        scopes = NewKeyScopes.from_dict(d.pop("scopes"))

        def _parse_lasts_days(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        lasts_days = _parse_lasts_days(d.pop("lasts_days", UNSET))

        def _parse_holder_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        holder_id = _parse_holder_id(d.pop("holder_id", UNSET))

        new_key = cls(
            name=name,
            scopes=scopes,
            lasts_days=lasts_days,
            holder_id=holder_id,
        )

        return new_key
