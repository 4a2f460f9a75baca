"""`enerwise market`: clear a file of orders, say what a rule promises, look a ledger over, tell somebody's account."""

import json
from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, Final, cast

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.time import elapsed_s, instant
from enerwise.market.clearing import Clearing
from enerwise.market.mechanism import GROUP, Mechanism, mechanism, mechanism_names
from enerwise.market.welfare import best_welfare_neur, welfare_neur
from enerwise.serve.console import out, say
from enerwise.serve.files import write_csv, write_json, write_text
from enerwise.serve.market_files import Orders, read_orders, summary, trade_columns
from enerwise.serve.tables import table

EUR: Final = 1e6
SHOWN_MOST: Final = 12


def clear(path: Path, name: str, settings: Sequence[str], *, target: Path | None, json_path: Path | None) -> None:
    """Clear a file of orders and show what came of it."""
    rule, orders = configured(name, settings), read_orders(path)
    began = elapsed_s()
    cleared = rule.clear(orders.book)
    took_ms = 1e3 * (elapsed_s() - began)
    told = summary(orders, cleared)
    if target is not None:
        write_csv(target, trade_columns(orders, cleared))
    if json_path is not None:
        write_json(json_path, {"mechanism": rule.name, **told})
    if json_path is None or str(json_path) != "-":
        _show(rule, orders, cleared, told, took_ms)


def configured(name: str, settings: Sequence[str]) -> Mechanism:
    """Return a rule with some of its numbers set: ``retail_ueur_per_kwh=320000``.

    Raises:
        ProblemsFound: It has no such number, or the value is none or out of its range.
        PluginError: There is no such rule.
    """
    made = mechanism(name)
    known = list(numbers_of(made))
    problems, values = list[Problem](), dict[str, Any]()
    for text in settings:
        key, _, value = text.partition("=")
        key = key.strip().replace("-", "_")
        try:
            values[key] = int(value)
        except ValueError:
            problems.append(Problem(f"--set {text}", f"{value!r} is no whole number", "write NAME=NUMBER"))
        if key not in known:
            problems.append(Problem(f"--set {text}", f"{name} has no {key!r}", f"it has {', '.join(known) or 'none'}"))
    if problems:
        raise ProblemsFound("options", problems)
    try:
        rule: Mechanism = replace(made, **values)  # type: ignore[type-var]
    except ValueError as error:
        raise ProblemsFound("options", [Problem(f"--set {' '.join(settings)}", str(error))]) from error
    return rule


def numbers_of(rule: Mechanism) -> dict[str, int]:
    """Return the numbers that a rule takes, with what they are."""
    facts = cast(Any, rule)
    named = [each.name for each in fields(facts)] if is_dataclass(facts) else list[str]()
    return {name: getattr(rule, name) for name in named if type(getattr(rule, name)) is int}


def _show(rule: Mechanism, orders: Orders, cleared: Clearing, told: dict[str, Any], took_ms: float) -> None:
    shown = table("", "Participant", "Bought", "Sold", "Pays")
    book = orders.book
    for number, who in list(enumerate(orders.participants))[:SHOWN_MOST]:
        own = book.participant == number
        bought, sold = (int(cleared.filled_wh[own & (book.is_buy == each)].sum()) for each in (True, False))
        shown.add_row(who, _kwh(bought), _kwh(sold), f"{told['paid_ueur'].get(who, 0) / EUR:.6f} EUR")
    for name, money in told["accounts_ueur"].items():
        shown.add_row(f"({name})", "", "", f"{money / EUR:.6f} EUR", style="dim")
    out().print(shown)
    if (more := len(orders.participants) - SHOWN_MOST) > 0:
        say(f"  and {more} more participants; --json has all of them")
    worth, best = welfare_neur(book, cleared.filled_wh), best_welfare_neur(book)
    say(
        f"{rule.name}: {told['filled_count']} of {len(book)} orders filled, {_kwh(told['bought_wh'])} bought, "
        f"{_prices(told)}, in {took_ms:.1f} ms."
    )
    say(f"Welfare at the reported prices {worth / 1e9:.4f} EUR; the most within one area is {best / 1e9:.4f} EUR.")


def _prices(told: dict[str, Any]) -> str:
    low, high = told["lowest_price_ueur_per_kwh"], told["highest_price_ueur_per_kwh"]
    if low is None:
        return "no price"
    words = f"{low / 1e4:.4f}" if low == high else f"{low / 1e4:.4f} to {high / 1e4:.4f}"
    return f"at {words} ct/kWh"


def _kwh(energy_wh: int) -> str:
    return f"{energy_wh / 1e3:.3f} kWh"


def mechanisms() -> None:
    """List the rules, what they promise and which numbers they take."""
    shown = table("", "Rule", "Numbers", "Promises", left=3, wraps=True)
    for name in mechanism_names():
        made = mechanism(name)
        words = ", ".join(sorted(each.value for each in made.promises))
        shown.add_row(name, "\n".join(f"{key}={value}" for key, value in numbers_of(made).items()), words)
    out().print(shown)
    say(f"Others plug in under {GROUP}.")


def verify(path: Path, proof: Path | None, public: Path | None = None) -> None:
    """Play a ledger again from its first entry, or check one proof against a root, a public key or a ledger."""
    from enerwise.serve.market_office import check_proof, look_over

    if proof is not None:
        say(check_proof(proof, path))
        return
    found = look_over(path, public)
    shown = table("", "Slot", "Entries", "Root")
    for slot in found.slots[-SHOWN_MOST:]:
        shown.add_row(slot.name, f"{slot.entry_count}", slot.root.hex())
    if found.slots:
        out().print(shown)
    say(
        f"{found.entry_count} entries, each follows from those before; "
        f"{len(found.slots)} closed slots, each root holds."
    )
    say("Nothing appeared or vanished: energy and money sum to zero.")
    if public is not None:
        say("Every root is signed by the owner of this key.")
    say(f"Head: {found.head.hex()}")


def prove(path: Path, number: int | None, who: str | None, slot: str | None, target: Path) -> None:
    """Write the proof of one entry, or of everything that was booked for a participant in a slot."""
    from enerwise.serve.market_office import prove as proven
    from enerwise.serve.market_office import prove_participant

    if number is not None:
        told = proven(path, number)
    elif who is not None and slot is not None:
        told = prove_participant(path, who, slot)
    else:
        raise ProblemsFound("options", [Problem("--entry", "is missing", "name it, or --participant and --slot")])
    write_text(target, json.dumps(told, indent=2) + "\n")
    say(f"{target}: {len(told['entries'])} entries and their ways to the root of slot {told['slot']}.")


def statement(path: Path, who: str, target: Path | None, start: str | None = None, end: str | None = None) -> None:
    """Tell what was booked for a participant, at all times or in a period."""
    from enerwise.serve.market_office import statement as stated
    from enerwise.serve.market_office import write_statement

    found = stated(path, who, start_ns=_ns(start), end_ns=_ns(end))
    if target is not None:
        write_statement(found, target)
    shown = table(f"Statement of {who}", "Slot", "Energy", "Money")
    for slot, wh, ueur in found.by_slot[-SHOWN_MOST:]:
        shown.add_row(slot or "(no slot)", f"{wh} Wh", f"{ueur / EUR:.6f} EUR")
    out().print(shown)
    say(f"Balance: {found.energy_wh} Wh taken, {found.money_ueur / EUR:.6f} EUR; owed {found.owed_ueur / EUR:.6f} EUR.")


def _ns(when: str | None) -> int | None:
    """Return a moment in nanoseconds since 1970."""
    return None if when is None else int(instant(when).astype("datetime64[ns]").astype(int))
