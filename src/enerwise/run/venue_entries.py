"""The market file as people write it: one model per part, in their words and units."""

import re
from collections.abc import Sequence
from functools import partial
from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from enerwise.core.units import Dimension, parse
from enerwise.market.book import PRICE_MAX_UEUR_PER_KWH, QUANTITY_MAX_WH
from enerwise.market.mechanism import mechanism_names
from enerwise.market.product import PRODUCTS
from enerwise.market.strategy import strategy_names
from enerwise.run.community_entries import LineEntry, Texts
from enerwise.run.venue_facts import MOST_W, Balancing, Bidding, Connection, Limits, MeterKind, Party, Total, Twin
from enerwise.site.entry import Entry
from enerwise.site.values import (
    EnergyAboveZero,
    Power,
    Price,
    Ratio,
    Text,
    TimeZone,
    Wear,
    Word,
    Wrong,
    YesNo,
    suggestion,
)

MONEY_MOST_EUR: Final = 1_000_000_000.0
UEUR_PER_EUR: Final = 1_000_000
FLATS_MOST: Final = 200
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}", re.ASCII)
_MONEY: Final = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?)\s*(EUR|€)", re.ASCII)


def _money(text: object) -> int:
    found = _MONEY.fullmatch(str(text).strip())
    if found is None or not 0 <= float(found[1]) <= MONEY_MOST_EUR:
        raise Wrong(f"{text!r} is no amount of money", "write an amount such as '100 EUR'")
    return round(float(found[1]) * UEUR_PER_EUR)


def _id(text: object) -> str:
    if not isinstance(text, str) or not _ID.fullmatch(text):
        raise Wrong(f"{text!r} is no id", "use up to 63 letters, digits, '.', '-' and '_', such as 'lindenweg-8'")
    return text


def _ids(value: object) -> frozenset[str]:
    return frozenset(_id(each) for each in (value if isinstance(value, list) else [value]))


def _span_s(text: object, *, least_s: int, most_s: int) -> int:
    seconds = parse(text, Dimension.DURATION)
    if not least_s <= seconds <= most_s:
        raise Wrong(f"{text!r} is out of range", f"write a time from {least_s} s to {most_s // 3600} h")
    return int(seconds)


def _flats(value: object) -> int:
    text = str(value).strip()
    if not text.isdecimal() or not 1 <= int(text) <= FLATS_MOST:
        raise Wrong(f"{value!r} is no number of households", f"write a whole number from 1 to {FLATS_MOST}")
    return int(text)


def _numbers(value: object) -> dict[str, int]:
    if not isinstance(value, dict):
        raise Wrong(f"{value!r} is no set of numbers", "write '{k_ppm: 500000}'")
    try:
        return {str(key): int(str(each)) for key, each in value.items()}
    except ValueError as error:
        raise Wrong(str(error), "write whole numbers") from None


def _mechanism(value: object) -> str:
    return _installed(value, mechanism_names())


def _strategy(value: object) -> str:
    return _installed(value, strategy_names())


def _installed(value: object, known: Sequence[str]) -> str:
    if value not in known:
        remedy = suggestion(str(value), known) or f"use one of {', '.join(known)}"
        raise Wrong(f"{value!r} is not installed", remedy)
    return str(value)


Money = Annotated[int, BeforeValidator(_money), Field(examples=["100 EUR"])]
Id = Annotated[str, BeforeValidator(_id), Field(examples=["lindenweg-8"])]
Ids = Annotated[frozenset[str], BeforeValidator(_ids), Field(examples=["[key-1]"])]
Ahead = Annotated[int, BeforeValidator(partial(_span_s, least_s=900, most_s=30 * 86_400)), Field(examples=["24 h"])]
Wait = Annotated[int, BeforeValidator(partial(_span_s, least_s=0, most_s=7 * 86_400)), Field(examples=["15 min"])]
Rule = Annotated[str, BeforeValidator(_mechanism), Field(examples=["uniform"])]
Way = Annotated[str, BeforeValidator(_strategy), Field(examples=["truthful"])]
Flats = Annotated[int, BeforeValidator(_flats), Field(examples=["8"])]
Numbers = Annotated[dict[str, int], BeforeValidator(_numbers), Field(examples=["{k_ppm: 500000}"])]


class LimitsEntry(Entry):
    """``limits``: what each participant may do in a slot."""

    lowest_price: Price = -0.5
    highest_price: Price = 4.0
    volume: EnergyAboveZero = 100_000.0
    position: EnergyAboveZero = 100_000.0
    budget: Money = 100 * UEUR_PER_EUR

    def limits(self) -> Limits:
        """Hand over the limits, in whole numbers."""
        if not self.lowest_price <= self.highest_price:
            raise Wrong(f"lowest_price {self.lowest_price:g} is above highest_price", "write the lower one first")
        lower, upper = (_ueur_per_kwh(each) for each in (self.lowest_price, self.highest_price))
        volume, position = (min(int(each), QUANTITY_MAX_WH) for each in (self.volume, self.position))
        return Limits(lower, upper, volume, position, self.budget)


class BidsEntry(Entry):
    """``bids``: the server bids for a participant, within these limits."""

    strategy: Way = "truthful"
    reserve: Ratio = 0.0
    lowest_sale: Price | None = None
    highest_buy: Price | None = None

    def bidding(self) -> Bidding:
        """Hand over how it bids."""
        floor, cap = (None if each is None else _ueur_per_kwh(each) for each in (self.lowest_sale, self.highest_buy))
        return Bidding(self.strategy, self.reserve, floor, cap)


class TwinEntry(Entry):
    """``twin``: a simulated home."""

    peak: Power = 0.0
    battery: EnergyAboveZero | None = None
    steady: Power = 0.0
    flats: Flats = 1
    buys_at: Price
    sells_at: Price

    def twin(self) -> Twin:
        """Hand over the home."""
        if not self.sells_at <= self.buys_at:
            raise Wrong(f"sells_at {self.sells_at:g} is above buys_at", "a supplier gives less than he asks")
        buy, sell = _ueur_per_kwh(self.buys_at), _ueur_per_kwh(self.sells_at)
        return Twin(self.peak, self.battery or 0.0, buy, sell, self.steady, self.flats)


class ConnectionEntry(Entry):
    """``connection``: what can flow, by which readings are plausible."""

    import_limit: Power = MOST_W
    export_limit: Power = MOST_W

    def connection(self) -> Connection:
        """Hand over the limits."""
        return Connection(self.import_limit, self.export_limit)


class TotalEntry(Entry):
    """``total_meter``: the meter that counts all participants together."""

    site: Id
    loss: Ratio = 0.05

    def total(self) -> Total:
        """Hand over the meter."""
        return Total(self.site, round(self.loss * 1e6))


class SupplierEntry(Entry):
    """``supplier``: who fills what neighbours cannot, under rules that fill everybody."""

    import_: Annotated[Price, Field(examples=["0.32 EUR/kWh"])]
    export: Annotated[Price, Field(examples=["0.08 EUR/kWh"])]

    def settings(self) -> dict[str, int]:
        """Hand over the prices as numbers of a rule."""
        return {
            "retail_ueur_per_kwh": _ueur_per_kwh(self.import_),
            "feed_in_ueur_per_kwh": _ueur_per_kwh(self.export),
        }


class PartyEntry(Entry):
    """One of ``participants``."""

    id: Id
    name: Text | None = None
    site: Id | None = None
    accounts: Ids = frozenset()
    owner: Text | None = None
    deposit: Money = 0
    limits: LimitsEntry | None = None
    simulated: YesNo = False
    shown_as: Text | None = None
    bids: BidsEntry | None = None
    twin: TwinEntry | None = None
    meter: Annotated[str | None, Word(tuple(MeterKind)), Field(examples=["site"])] = None
    connection: ConnectionEntry | None = None
    area: Annotated[Text | None, Field(examples=["north"])] = None

    def party(self, general: LimitsEntry, connection: ConnectionEntry, areas: Sequence[str] = ()) -> Party:
        """Hand over the participant; an area that is not there is told by `MarketEntry.unknown_areas`."""
        area = areas.index(self.area) if self.area in areas else 0
        self._check_bids()
        return Party(
            self.id,
            self.name or self.id,
            (self.limits or general).limits(),
            self.deposit,
            self.site,
            self.accounts,
            owner=self.owner or self.id,
            is_simulated=self.simulated,
            shown_as=self.shown_as or "",
            bidding=None if self.bids is None else self.bids.bidding(),
            twin=None if self.twin is None else self.twin.twin(),
            meter=self.meter_kind(),
            connection=(self.connection or connection).connection(),
            area=area,
        )

    def _check_bids(self) -> None:
        if self.twin is not None and (self.site is not None or not self.simulated):
            raise Wrong("a twin is simulated and no site of this server", "write 'simulated: yes' and no 'site'")
        if self.bids is not None and self.site is None and self.twin is None:
            raise Wrong("bids needs to know what is needed and what is left", "name a 'site', or a 'twin'")

    def meter_kind(self) -> MeterKind:
        """Return who tells what it has really done: by default its site, or who sends readings."""
        kind = self._usual_meter() if self.meter is None else MeterKind(self.meter)
        if kind is MeterKind.AS_TRADED and not self.simulated:
            raise Wrong(f"{self.id} is real, and would be taken to do what it traded", "write 'meter: told'")
        if kind is MeterKind.SITE and self.site is None:
            raise Wrong(f"{self.id} has no site whose meter could count", "add 'site: ...', or write 'meter: told'")
        if kind is MeterKind.TWIN and self.twin is None:
            raise Wrong(f"{self.id} has no twin that could count", "add 'twin: ...', or write 'meter: told'")
        return kind

    def _usual_meter(self) -> MeterKind:
        if self.twin is not None:
            return MeterKind.TWIN
        if self.simulated:
            return MeterKind.AS_TRADED
        return MeterKind.TOLD if self.site is None else MeterKind.SITE


class BalancingEntry(Entry):
    """``balancing``: what is paid for what was not agreed."""

    spot: Price
    margin: Wear = 0.0

    def balancing(self) -> Balancing:
        """Hand over the prices."""
        return Balancing(_ueur_per_kwh(self.spot), _ueur_per_kwh(self.margin))


class MarketEntry(Entry):
    """The whole file."""

    id: Id
    name: Annotated[Text, Field(examples=["Lindenweg"])]
    timezone: TimeZone
    product: Annotated[str, Word(tuple(PRODUCTS)), Field(examples=["quarter_hour"])] = "quarter_hour"
    mechanism: Rule = "uniform"
    settings: Annotated[Numbers, Field(default_factory=dict)]
    horizon: Ahead = 86_400
    settle_after: Wait = 900
    limits: LimitsEntry = LimitsEntry()
    connection: ConnectionEntry = ConnectionEntry()
    total_meter: TotalEntry | None = None
    supplier: SupplierEntry | None = None
    areas: Annotated[Texts, Field(examples=["[north, south]"])] = ()
    lines: Annotated[list[LineEntry], Field(default_factory=list)]
    balancing: BalancingEntry
    participants: Annotated[list[PartyEntry], Field(min_length=1, max_length=100_000)]


def _ueur_per_kwh(eur_per_kwh: float) -> int:
    price = round(eur_per_kwh * UEUR_PER_EUR)
    return max(-PRICE_MAX_UEUR_PER_KWH, min(PRICE_MAX_UEUR_PER_KWH, price))
