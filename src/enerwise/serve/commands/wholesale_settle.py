"""`enerwise market settle`: what became of bids at published prices, to the micro-euro."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from enerwise.core.time import show_local
from enerwise.core.units import show_energy, show_price
from enerwise.market.settle import BALANCING
from enerwise.market.wholesale.balancing import LONG, SHORT, WORDS
from enerwise.market.wholesale.settlement import AUCTION, Settled
from enerwise.market.wholesale.settlement import settle as settled_of
from enerwise.serve.console import out, say
from enerwise.serve.files import STDOUT, write_csv, write_json, write_text
from enerwise.serve.plot.bids import settlement_svg
from enerwise.serve.tables import money_words, table
from enerwise.serve.wholesale_files import (
    Bids,
    Files,
    Form,
    margin_ueur_per_kwh,
    published,
    read_bids,
    read_meter,
    traded_words,
)

EUR: Final = 1e6


@dataclass(frozen=True, slots=True)
class Facts:
    """What came: published prices, and as far as told meters and balancing prices."""

    prices: Path
    form: Form = field(default_factory=Form)
    metered: Path | None = None
    balancing: Path | None = None
    margin: str = "0 ct/kWh"
    is_single: bool = False


def run(path: Path, facts: Facts, files: Files) -> None:
    """Settle bids against published prices."""
    files.check()
    form = replace(facts.form, zone="UTC") if facts.form.zone == "site" else facts.form
    bids = read_bids(path)
    price = published(form.read(facts.prices), bids, facts.prices)
    accepted = bids.curves.accepted_wh(price)
    metered = accepted if facts.metered is None else read_meter(facts.metered, bids)
    balancing = price if facts.balancing is None else published(form.read(facts.balancing), bids, facts.balancing)
    margin = margin_ueur_per_kwh(facts.margin)
    made = settled_of(accepted, metered, price, balancing, margin_ueur_per_kwh=margin, is_single=facts.is_single)
    if files.out is not None:
        write_csv(files.out, settlement_columns(bids, made))
    if files.json is not None:
        write_json(files.json, sums(made))
    if files.plot is not None:
        write_text(files.plot, settlement_svg(bids.grid, form.zone, made))
    if files.json != STDOUT:
        _show_settled(bids, made, form.zone, has_balancing=facts.balancing is not None)
        files.say_written()


def settlement_columns(bids: Bids, made: Settled) -> dict[str, Any]:
    """Return a settlement as columns, a row for each slot; paid above zero, received below."""
    return {
        "start_utc": bids.start_utc,
        "price_ueur_per_kwh": made.price_ueur_per_kwh,
        "accepted_wh": made.accepted_wh,
        "auction_ueur": made.auction_ueur,
        "metered_wh": made.metered_wh,
        "deviation_wh": made.deviation_wh,
        "deviation_ueur_per_kwh": made.deviation_ueur_per_kwh,
        "deviation_ueur": made.deviation_ueur,
        "total_ueur": made.total_ueur,
        "system": np.array([WORDS[each] for each in made.signal.direction.tolist()]),
    }


def sums(made: Settled) -> dict[str, Any]:
    """Return sums of a settlement; accounts of the bidder and of both other sides come to zero together."""
    auction, deviation = int(made.auction_ueur.sum()), int(made.deviation_ueur.sum())
    return {
        "bought_wh": int(np.maximum(made.accepted_wh, 0).sum()),
        "sold_wh": int(np.maximum(-made.accepted_wh, 0).sum()),
        "deviation_wh": int(np.abs(made.deviation_wh).sum()),
        "received_ueur": {"bidder": -auction - deviation, AUCTION: auction, BALANCING: deviation},
    }


def _show_settled(bids: Bids, made: Settled, zone: str, *, has_balancing: bool) -> None:
    shown = table("", "Slot", "Price", "Accepted", "Auction", "Off", "Deviation", "System")
    for slot, at in enumerate(bids.start_utc):
        off = int(made.deviation_wh[slot])
        shown.add_row(
            show_local(at, zone)[5:],
            show_price(made.price_ueur_per_kwh[slot] / EUR),
            traded_words(int(made.accepted_wh[slot])),
            _money(int(made.auction_ueur[slot])),
            f"{off} Wh" if off else "",
            _money(int(made.deviation_ueur[slot])) if off else "",
            WORDS[int(made.signal.direction[slot])] if has_balancing else "",
        )
    out().print(shown)
    told = sums(made)
    got = told["received_ueur"]
    say(f"Bought {show_energy(told['bought_wh'])}, sold {show_energy(told['sold_wh'])}.")
    others = f"auction {_exact(got[AUCTION])}, balancing party {_exact(got[BALANCING])}"
    say(f"Received {_exact(got['bidder'])}; {others}; in all {_exact(sum(got.values()))}.")
    if has_balancing:
        shares = [f"{WORDS[each]} {made.signal.share_ratio(each):.0%}" for each in (SHORT, LONG)]
        say(f"The system was {' and '.join(shares)} of the time, as in the slot before {made.signal.stays_ratio:.0%}.")


def _money(ueur_paid: int) -> str:
    return money_words(ueur_paid / EUR)


def _exact(amount_ueur: int) -> str:
    return f"{amount_ueur / EUR:.6f} EUR"
