from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.bidding_shape import BiddingShape
    from ..models.limits_shape import LimitsShape


T = TypeVar("T", bound="SeatShape")


@_attrs_define
class SeatShape:
    """A participant that the caller may see.

    Attributes:
        id (str):
        name (str):
        site (None | str): The site of this server that it is.
        bidding (BiddingShape | None): Null where its orders come from elsewhere.
        may_trade (bool):
        is_simulated (bool):
        is_halted (bool):
        limits (LimitsShape): What a participant may do in one slot.
    """

    id: str
    name: str
    site: None | str
    bidding: BiddingShape | None
    may_trade: bool
    is_simulated: bool
    is_halted: bool
    limits: LimitsShape
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.bidding_shape import BiddingShape  # noqa: PLC0415

        id = self.id

        name = self.name

        site: None | str
        site = self.site

        bidding: dict[str, Any] | None
        if isinstance(self.bidding, BiddingShape):
            bidding = self.bidding.to_dict()
        else:
            bidding = self.bidding

        may_trade = self.may_trade

        is_simulated = self.is_simulated

        is_halted = self.is_halted

        limits = self.limits.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "site": site,
                "bidding": bidding,
                "may_trade": may_trade,
                "is_simulated": is_simulated,
                "is_halted": is_halted,
                "limits": limits,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.bidding_shape import BiddingShape  # noqa: PLC0415
        from ..models.limits_shape import LimitsShape  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        def _parse_site(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        site = _parse_site(d.pop("site"))

        def _parse_bidding(data: object) -> BiddingShape | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                bidding_type_0 = BiddingShape.from_dict(data)

                return bidding_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(BiddingShape | None, data)

        bidding = _parse_bidding(d.pop("bidding"))

        may_trade = d.pop("may_trade")

        is_simulated = d.pop("is_simulated")

        is_halted = d.pop("is_halted")

        limits = LimitsShape.from_dict(d.pop("limits"))

        seat_shape = cls(
            id=id,
            name=name,
            site=site,
            bidding=bidding,
            may_trade=may_trade,
            is_simulated=is_simulated,
            is_halted=is_halted,
            limits=limits,
        )

        seat_shape.additional_properties = d
        return seat_shape

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
