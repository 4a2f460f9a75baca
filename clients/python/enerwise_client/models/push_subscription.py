from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.push_subscription_kinds_item import (
    PushSubscriptionKindsItem,
    check_push_subscription_kinds_item,
)
from ..models.push_subscription_language import (
    PushSubscriptionLanguage,
    check_push_subscription_language,
)
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.push_keys import PushKeys


T = TypeVar("T", bound="PushSubscription")


@_attrs_define
class PushSubscription:
    """A subscription, as a browser's PushManager gives it, and which messages it wants.

    Attributes:
        endpoint (str):
        keys (PushKeys): Keys of one browser, as its PushManager gives them.
        expiration_time (float | None | Unset):
        language (PushSubscriptionLanguage | Unset):  Default: 'en'.
        kinds (list[PushSubscriptionKindsItem] | Unset):
    """

    endpoint: str
    keys: PushKeys
    expiration_time: float | None | Unset = UNSET
    language: PushSubscriptionLanguage | Unset = "en"
    kinds: list[PushSubscriptionKindsItem] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        endpoint = self.endpoint

        keys = self.keys.to_dict()

        expiration_time: float | None | Unset
        if isinstance(self.expiration_time, Unset):
            expiration_time = UNSET
        else:
            expiration_time = self.expiration_time

        language: str | Unset = UNSET
        if not isinstance(self.language, Unset):
            language = self.language

        kinds: list[str] | Unset = UNSET
        if not isinstance(self.kinds, Unset):
            kinds = []
            for kinds_item_data in self.kinds:
                kinds_item: str = kinds_item_data
                kinds.append(kinds_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "endpoint": endpoint,
                "keys": keys,
            }
        )
        if expiration_time is not UNSET:
            field_dict["expirationTime"] = expiration_time
        if language is not UNSET:
            field_dict["language"] = language
        if kinds is not UNSET:
            field_dict["kinds"] = kinds

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.push_keys import PushKeys  # noqa: PLC0415

        d = dict(src_dict)
        endpoint = d.pop("endpoint")

        keys = PushKeys.from_dict(d.pop("keys"))

        def _parse_expiration_time(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        expiration_time = _parse_expiration_time(d.pop("expirationTime", UNSET))

        _language = d.pop("language", UNSET)
        language: PushSubscriptionLanguage | Unset
        if isinstance(_language, Unset):
            language = UNSET
        else:
            language = check_push_subscription_language(_language)

        _kinds = d.pop("kinds", UNSET)
        kinds: list[PushSubscriptionKindsItem] | Unset = UNSET
        if _kinds is not UNSET:
            kinds = []
            for kinds_item_data in _kinds:
                kinds_item = check_push_subscription_kinds_item(kinds_item_data)

                kinds.append(kinds_item)

        push_subscription = cls(
            endpoint=endpoint,
            keys=keys,
            expiration_time=expiration_time,
            language=language,
            kinds=kinds,
        )

        push_subscription.additional_properties = d
        return push_subscription

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
