from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.own_shape_stage_item import OwnShapeStageItem, check_own_shape_stage_item

if TYPE_CHECKING:
    from ..models.partner_shape import PartnerShape
    from ..models.stage_shape import StageShape


T = TypeVar("T", bound="OwnShape")


@_attrs_define
class OwnShape:
    """Own offers and deals slot by slot, with the price of the grid tariff beside them. Columns, the oldest first.

    Attributes:
        participant (str):
        name (str):
        is_simulated (bool):
        at (str):
        slot_s (int):
        start_utc (list[str]):
        stage (list[OwnShapeStageItem]): `unmatched`: offered, and nobody wanted it.
        offer_buy_wh (list[int]): What was ordered and not taken back.
        offer_sell_wh (list[int]):
        buy_limit_ueur_per_kwh (list[int | None]): The most one would pay.
        sell_limit_ueur_per_kwh (list[int | None]): The least one would take.
        bought_wh (list[int]):
        sold_wh (list[int]):
        price_ueur_per_kwh (list[int | None]): Mean over one's own trades.
        market_ueur_per_kwh (list[int | None]): Mean over all trades.
        tariff_buy_ueur_per_kwh (list[int | None]): What the supplier asks; null where unknown.
        tariff_sell_ueur_per_kwh (list[int | None]): What the supplier gives; null where unknown.
        agreed_ueur (list[int]): For what was traded: to pay, below zero to receive.
        recognised_wh (list[int | None]): Bought less sold, as meters show it; once settled.
        deviation_wh (list[int | None]): What the meter counts beyond; above zero taken.
        paid_ueur (list[int | None]): For what was recognised; below zero received.
        deviation_ueur (list[int | None]): For the deviation; below zero received.
        gain_ueur (list[int | None]): Against the grid tariff, of what was traded.
        stages (list[StageShape]):
        partners (list[PartnerShape]):
    """

    participant: str
    name: str
    is_simulated: bool
    at: str
    slot_s: int
    start_utc: list[str]
    stage: list[OwnShapeStageItem]
    offer_buy_wh: list[int]
    offer_sell_wh: list[int]
    buy_limit_ueur_per_kwh: list[int | None]
    sell_limit_ueur_per_kwh: list[int | None]
    bought_wh: list[int]
    sold_wh: list[int]
    price_ueur_per_kwh: list[int | None]
    market_ueur_per_kwh: list[int | None]
    tariff_buy_ueur_per_kwh: list[int | None]
    tariff_sell_ueur_per_kwh: list[int | None]
    agreed_ueur: list[int]
    recognised_wh: list[int | None]
    deviation_wh: list[int | None]
    paid_ueur: list[int | None]
    deviation_ueur: list[int | None]
    gain_ueur: list[int | None]
    stages: list[StageShape]
    partners: list[PartnerShape]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        participant = self.participant

        name = self.name

        is_simulated = self.is_simulated

        at = self.at

        slot_s = self.slot_s

        start_utc = self.start_utc

        stage = []
        for stage_item_data in self.stage:
            stage_item: str = stage_item_data
            stage.append(stage_item)

        offer_buy_wh = self.offer_buy_wh

        offer_sell_wh = self.offer_sell_wh

        buy_limit_ueur_per_kwh = []
        for buy_limit_ueur_per_kwh_item_data in self.buy_limit_ueur_per_kwh:
            buy_limit_ueur_per_kwh_item: int | None
            buy_limit_ueur_per_kwh_item = buy_limit_ueur_per_kwh_item_data
            buy_limit_ueur_per_kwh.append(buy_limit_ueur_per_kwh_item)

        sell_limit_ueur_per_kwh = []
        for sell_limit_ueur_per_kwh_item_data in self.sell_limit_ueur_per_kwh:
            sell_limit_ueur_per_kwh_item: int | None
            sell_limit_ueur_per_kwh_item = sell_limit_ueur_per_kwh_item_data
            sell_limit_ueur_per_kwh.append(sell_limit_ueur_per_kwh_item)

        bought_wh = self.bought_wh

        sold_wh = self.sold_wh

        price_ueur_per_kwh = []
        for price_ueur_per_kwh_item_data in self.price_ueur_per_kwh:
            price_ueur_per_kwh_item: int | None
            price_ueur_per_kwh_item = price_ueur_per_kwh_item_data
            price_ueur_per_kwh.append(price_ueur_per_kwh_item)

        market_ueur_per_kwh = []
        for market_ueur_per_kwh_item_data in self.market_ueur_per_kwh:
            market_ueur_per_kwh_item: int | None
            market_ueur_per_kwh_item = market_ueur_per_kwh_item_data
            market_ueur_per_kwh.append(market_ueur_per_kwh_item)

        tariff_buy_ueur_per_kwh = []
        for tariff_buy_ueur_per_kwh_item_data in self.tariff_buy_ueur_per_kwh:
            tariff_buy_ueur_per_kwh_item: int | None
            tariff_buy_ueur_per_kwh_item = tariff_buy_ueur_per_kwh_item_data
            tariff_buy_ueur_per_kwh.append(tariff_buy_ueur_per_kwh_item)

        tariff_sell_ueur_per_kwh = []
        for tariff_sell_ueur_per_kwh_item_data in self.tariff_sell_ueur_per_kwh:
            tariff_sell_ueur_per_kwh_item: int | None
            tariff_sell_ueur_per_kwh_item = tariff_sell_ueur_per_kwh_item_data
            tariff_sell_ueur_per_kwh.append(tariff_sell_ueur_per_kwh_item)

        agreed_ueur = self.agreed_ueur

        recognised_wh = []
        for recognised_wh_item_data in self.recognised_wh:
            recognised_wh_item: int | None
            recognised_wh_item = recognised_wh_item_data
            recognised_wh.append(recognised_wh_item)

        deviation_wh = []
        for deviation_wh_item_data in self.deviation_wh:
            deviation_wh_item: int | None
            deviation_wh_item = deviation_wh_item_data
            deviation_wh.append(deviation_wh_item)

        paid_ueur = []
        for paid_ueur_item_data in self.paid_ueur:
            paid_ueur_item: int | None
            paid_ueur_item = paid_ueur_item_data
            paid_ueur.append(paid_ueur_item)

        deviation_ueur = []
        for deviation_ueur_item_data in self.deviation_ueur:
            deviation_ueur_item: int | None
            deviation_ueur_item = deviation_ueur_item_data
            deviation_ueur.append(deviation_ueur_item)

        gain_ueur = []
        for gain_ueur_item_data in self.gain_ueur:
            gain_ueur_item: int | None
            gain_ueur_item = gain_ueur_item_data
            gain_ueur.append(gain_ueur_item)

        stages = []
        for stages_item_data in self.stages:
            stages_item = stages_item_data.to_dict()
            stages.append(stages_item)

        partners = []
        for partners_item_data in self.partners:
            partners_item = partners_item_data.to_dict()
            partners.append(partners_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "participant": participant,
                "name": name,
                "is_simulated": is_simulated,
                "at": at,
                "slot_s": slot_s,
                "start_utc": start_utc,
                "stage": stage,
                "offer_buy_wh": offer_buy_wh,
                "offer_sell_wh": offer_sell_wh,
                "buy_limit_ueur_per_kwh": buy_limit_ueur_per_kwh,
                "sell_limit_ueur_per_kwh": sell_limit_ueur_per_kwh,
                "bought_wh": bought_wh,
                "sold_wh": sold_wh,
                "price_ueur_per_kwh": price_ueur_per_kwh,
                "market_ueur_per_kwh": market_ueur_per_kwh,
                "tariff_buy_ueur_per_kwh": tariff_buy_ueur_per_kwh,
                "tariff_sell_ueur_per_kwh": tariff_sell_ueur_per_kwh,
                "agreed_ueur": agreed_ueur,
                "recognised_wh": recognised_wh,
                "deviation_wh": deviation_wh,
                "paid_ueur": paid_ueur,
                "deviation_ueur": deviation_ueur,
                "gain_ueur": gain_ueur,
                "stages": stages,
                "partners": partners,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.partner_shape import PartnerShape  # noqa: PLC0415
        from ..models.stage_shape import StageShape  # noqa: PLC0415

        d = dict(src_dict)
        participant = d.pop("participant")

        name = d.pop("name")

        is_simulated = d.pop("is_simulated")

        at = d.pop("at")

        slot_s = d.pop("slot_s")

        start_utc = cast(list[str], d.pop("start_utc"))

        stage = []
        _stage = d.pop("stage")
        for stage_item_data in _stage:
            stage_item = check_own_shape_stage_item(stage_item_data)

            stage.append(stage_item)

        offer_buy_wh = cast(list[int], d.pop("offer_buy_wh"))

        offer_sell_wh = cast(list[int], d.pop("offer_sell_wh"))

        buy_limit_ueur_per_kwh = []
        _buy_limit_ueur_per_kwh = d.pop("buy_limit_ueur_per_kwh")
        for buy_limit_ueur_per_kwh_item_data in _buy_limit_ueur_per_kwh:

            def _parse_buy_limit_ueur_per_kwh_item(data: object) -> int | None:
                if data is None:
                    return data
                return cast(int | None, data)

            buy_limit_ueur_per_kwh_item = _parse_buy_limit_ueur_per_kwh_item(buy_limit_ueur_per_kwh_item_data)

            buy_limit_ueur_per_kwh.append(buy_limit_ueur_per_kwh_item)

        sell_limit_ueur_per_kwh = []
        _sell_limit_ueur_per_kwh = d.pop("sell_limit_ueur_per_kwh")
        for sell_limit_ueur_per_kwh_item_data in _sell_limit_ueur_per_kwh:

            def _parse_sell_limit_ueur_per_kwh_item(data: object) -> int | None:
                if data is None:
                    return data
                return cast(int | None, data)

            sell_limit_ueur_per_kwh_item = _parse_sell_limit_ueur_per_kwh_item(sell_limit_ueur_per_kwh_item_data)

            sell_limit_ueur_per_kwh.append(sell_limit_ueur_per_kwh_item)

        bought_wh = cast(list[int], d.pop("bought_wh"))

        sold_wh = cast(list[int], d.pop("sold_wh"))

        price_ueur_per_kwh = []
        _price_ueur_per_kwh = d.pop("price_ueur_per_kwh")
        for price_ueur_per_kwh_item_data in _price_ueur_per_kwh:

            def _parse_price_ueur_per_kwh_item(data: object) -> int | None:
                if data is None:
                    return data
                return cast(int | None, data)

            price_ueur_per_kwh_item = _parse_price_ueur_per_kwh_item(price_ueur_per_kwh_item_data)

            price_ueur_per_kwh.append(price_ueur_per_kwh_item)

        market_ueur_per_kwh = []
        _market_ueur_per_kwh = d.pop("market_ueur_per_kwh")
        for market_ueur_per_kwh_item_data in _market_ueur_per_kwh:

            def _parse_market_ueur_per_kwh_item(data: object) -> int | None:
                if data is None:
                    return data
                return cast(int | None, data)

            market_ueur_per_kwh_item = _parse_market_ueur_per_kwh_item(market_ueur_per_kwh_item_data)

            market_ueur_per_kwh.append(market_ueur_per_kwh_item)

        tariff_buy_ueur_per_kwh = []
        _tariff_buy_ueur_per_kwh = d.pop("tariff_buy_ueur_per_kwh")
        for tariff_buy_ueur_per_kwh_item_data in _tariff_buy_ueur_per_kwh:

            def _parse_tariff_buy_ueur_per_kwh_item(data: object) -> int | None:
                if data is None:
                    return data
                return cast(int | None, data)

            tariff_buy_ueur_per_kwh_item = _parse_tariff_buy_ueur_per_kwh_item(tariff_buy_ueur_per_kwh_item_data)

            tariff_buy_ueur_per_kwh.append(tariff_buy_ueur_per_kwh_item)

        tariff_sell_ueur_per_kwh = []
        _tariff_sell_ueur_per_kwh = d.pop("tariff_sell_ueur_per_kwh")
        for tariff_sell_ueur_per_kwh_item_data in _tariff_sell_ueur_per_kwh:

            def _parse_tariff_sell_ueur_per_kwh_item(data: object) -> int | None:
                if data is None:
                    return data
                return cast(int | None, data)

            tariff_sell_ueur_per_kwh_item = _parse_tariff_sell_ueur_per_kwh_item(tariff_sell_ueur_per_kwh_item_data)

            tariff_sell_ueur_per_kwh.append(tariff_sell_ueur_per_kwh_item)

        agreed_ueur = cast(list[int], d.pop("agreed_ueur"))

        recognised_wh = []
        _recognised_wh = d.pop("recognised_wh")
        for recognised_wh_item_data in _recognised_wh:

            def _parse_recognised_wh_item(data: object) -> int | None:
                if data is None:
                    return data
                return cast(int | None, data)

            recognised_wh_item = _parse_recognised_wh_item(recognised_wh_item_data)

            recognised_wh.append(recognised_wh_item)

        deviation_wh = []
        _deviation_wh = d.pop("deviation_wh")
        for deviation_wh_item_data in _deviation_wh:

            def _parse_deviation_wh_item(data: object) -> int | None:
                if data is None:
                    return data
                return cast(int | None, data)

            deviation_wh_item = _parse_deviation_wh_item(deviation_wh_item_data)

            deviation_wh.append(deviation_wh_item)

        paid_ueur = []
        _paid_ueur = d.pop("paid_ueur")
        for paid_ueur_item_data in _paid_ueur:

            def _parse_paid_ueur_item(data: object) -> int | None:
                if data is None:
                    return data
                return cast(int | None, data)

            paid_ueur_item = _parse_paid_ueur_item(paid_ueur_item_data)

            paid_ueur.append(paid_ueur_item)

        deviation_ueur = []
        _deviation_ueur = d.pop("deviation_ueur")
        for deviation_ueur_item_data in _deviation_ueur:

            def _parse_deviation_ueur_item(data: object) -> int | None:
                if data is None:
                    return data
                return cast(int | None, data)

            deviation_ueur_item = _parse_deviation_ueur_item(deviation_ueur_item_data)

            deviation_ueur.append(deviation_ueur_item)

        gain_ueur = []
        _gain_ueur = d.pop("gain_ueur")
        for gain_ueur_item_data in _gain_ueur:

            def _parse_gain_ueur_item(data: object) -> int | None:
                if data is None:
                    return data
                return cast(int | None, data)

            gain_ueur_item = _parse_gain_ueur_item(gain_ueur_item_data)

            gain_ueur.append(gain_ueur_item)

        stages = []
        _stages = d.pop("stages")
        for stages_item_data in _stages:
            stages_item = StageShape.from_dict(stages_item_data)

            stages.append(stages_item)

        partners = []
        _partners = d.pop("partners")
        for partners_item_data in _partners:
            partners_item = PartnerShape.from_dict(partners_item_data)

            partners.append(partners_item)

        own_shape = cls(
            participant=participant,
            name=name,
            is_simulated=is_simulated,
            at=at,
            slot_s=slot_s,
            start_utc=start_utc,
            stage=stage,
            offer_buy_wh=offer_buy_wh,
            offer_sell_wh=offer_sell_wh,
            buy_limit_ueur_per_kwh=buy_limit_ueur_per_kwh,
            sell_limit_ueur_per_kwh=sell_limit_ueur_per_kwh,
            bought_wh=bought_wh,
            sold_wh=sold_wh,
            price_ueur_per_kwh=price_ueur_per_kwh,
            market_ueur_per_kwh=market_ueur_per_kwh,
            tariff_buy_ueur_per_kwh=tariff_buy_ueur_per_kwh,
            tariff_sell_ueur_per_kwh=tariff_sell_ueur_per_kwh,
            agreed_ueur=agreed_ueur,
            recognised_wh=recognised_wh,
            deviation_wh=deviation_wh,
            paid_ueur=paid_ueur,
            deviation_ueur=deviation_ueur,
            gain_ueur=gain_ueur,
            stages=stages,
            partners=partners,
        )

        own_shape.additional_properties = d
        return own_shape

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
