"""A statement as PDF, set by typst. Numbers and names travel as data, never as text of the document."""

import json
from importlib import import_module
from typing import Any, Final

from enerwise.core.errors import EnerwiseError, PluginError
from enerwise.market.statement import MONEY_PARTS, Statement, stamp

UEUR_PER_EUR: Final = 1_000_000
WH_PER_KWH: Final = 1000

DOCUMENT: Final = """
#let told = json(bytes(sys.inputs.told))
#set document(title: told.title, date: none)
#set page(paper: "a4", flipped: true, margin: 15mm, footer: context align(right, text(8pt)[
  #told.participant, #counter(page).display() / #counter(page).final().first()]))
#set text(font: ("Libertinus Serif",), size: 9pt)
= #told.title
#table(columns: 2, stroke: none, align: (left, right), inset: 2pt,
  ..told.sums.map(each => (each.at(0), each.at(1))).flatten())
#v(4mm)
#table(
  columns: told.head.len(),
  align: (at, row) => if at == 0 or row == 0 { left } else { right },
  stroke: (at, row) => if row == 0 { (bottom: 0.6pt) } else { (bottom: 0.1pt) },
  inset: (x: 3pt, y: 2.5pt),
  table.header(..told.head.map(each => strong(each))),
  ..told.rows.flatten(),
)
#v(2mm)
#text(8pt, told.note)
"""
NOTE: Final = (
    "Energy above zero is taken, money above zero received. Amounts are whole watt-hours and micro-euro of the ledger; "
    "euro of this market are units of account and no payment."
)


def statement_pdf(made: Statement) -> bytes:
    """Return a statement as PDF: the same statement gives the same bytes.

    Raises:
        PluginError: The extra "reports" is not installed.
        EnerwiseError: The document could not be set.
    """
    try:
        typst: Any = import_module("typst")
    except ImportError as error:
        raise PluginError("statements as PDF need typst: pip install 'enerwise[reports]'; CSV needs nothing") from error
    told = json.dumps(_told(made), ensure_ascii=False)
    try:
        pdf = typst.compile(DOCUMENT.encode(), sys_inputs={"told": told}, timestamp=0, ignore_system_fonts=True)
    except RuntimeError as error:
        raise EnerwiseError(f"the statement of {made.participant} could not be set as PDF: {error}") from error
    return bytes(pdf)


def _told(made: Statement) -> dict[str, Any]:
    used = [part for part in MONEY_PARTS if any(each.parts_ueur[part] for each in made.slots)]
    unread = sum(each.is_unread for each in made.slots)
    rows = [
        [
            each.slot or "(no slot)",
            *(_kwh(wh) for wh in (each.traded_wh, each.deviation_wh, each.energy_wh)),
            *(_eur(each.parts_ueur[part]) for part in used),
            _eur(each.money_ueur),
        ]
        for each in made.slots
    ]
    return {
        "title": f"Statement of {made.participant}",
        "participant": made.participant,
        "sums": [
            ["Period", _period(made)],
            ["Energy taken", f"{_kwh(made.energy_wh)} kWh"],
            ["Balance before", f"{_eur(made.before_ueur)} EUR"],
            ["Received less paid", f"{_eur(made.money_ueur)} EUR"],
            ["Balance after", f"{_eur(made.after_ueur)} EUR"],
            *([["Slots without a reading", f"{unread}: nothing is posted for them"]] if unread else []),
        ],
        "head": [
            "Slot",
            "Traded kWh",
            "Deviation kWh",
            "Taken kWh",
            *(f"{part.capitalize()} EUR" for part in used),
            "Sum EUR",
        ],
        "rows": rows,
        "note": NOTE,
    }


def _period(made: Statement) -> str:
    start = "the beginning" if made.start_ns is None else stamp(made.start_ns)
    end = "now" if made.end_ns is None else stamp(made.end_ns)
    return f"{start} to {end}"


def _kwh(energy_wh: int) -> str:
    """Write whole watt-hours as kWh, exact."""
    return f"{'-' * (energy_wh < 0)}{abs(energy_wh) // WH_PER_KWH}.{abs(energy_wh) % WH_PER_KWH:03d}"


def _eur(money_ueur: int) -> str:
    """Write whole micro-euro as euro, exact."""
    return f"{'-' * (money_ueur < 0)}{abs(money_ueur) // UEUR_PER_EUR}.{abs(money_ueur) % UEUR_PER_EUR:06d}"
