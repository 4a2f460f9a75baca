"""Commands in a group: `enerwise market ...`."""

from pathlib import Path
from typing import Annotated

import typer

from enerwise.serve.told import told

market = typer.Typer(name="market", help="Orders cleared, ledgers looked over, accounts told.", no_args_is_help=True)
Ledger = Annotated[Path, typer.Argument(help="Ledger of a market, a .db file.", metavar="LEDGER", show_default=False)]

FirstMoment = Annotated[
    str | None, typer.Option("--from", help="Only slots that start then or later, UTC.", metavar="TIME")
]
LastMoment = Annotated[str | None, typer.Option("--to", help="Only slots that start before, UTC.", metavar="TIME")]


@market.command()
@told
def clear(
    orders: Annotated[
        Path,
        typer.Argument(
            help="CSV with id, participant, side, quantity_wh, price_ueur_per_kwh, and if you like area and time.",
            metavar="ORDERS",
            show_default=False,
        ),
    ],
    mechanism: Annotated[
        str, typer.Option("--mechanism", help="Rule of clearing; `enerwise market mechanisms` lists them.")
    ] = "uniform",
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="A number of the rule, such as k_ppm=0; may be repeated.", metavar="NAME=NUMBER"),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write the trades here (.csv or .parquet).")] = None,
    json: Annotated[
        Path | None, typer.Option("--json", help="Write all sums here; - is the standard output.", metavar="FILE")
    ] = None,
) -> None:
    """Clear a file of orders: who trades how much, at which price, and who pays what.

    [bold]Example[/bold]

    enerwise market clear orders.csv --mechanism uniform --out trades.csv
    """
    from enerwise.serve.commands import market as command

    command.clear(orders, mechanism, settings or [], target=out, json_path=json)


@market.command()
@told
def mechanisms() -> None:
    """List the rules of clearing, what each promises, and its numbers."""
    from enerwise.serve.commands import market as command

    command.mechanisms()


@market.command()
@told
def verify(
    ledger: Annotated[
        Path,
        typer.Argument(
            help="Ledger; with --proof also a file that holds a root, or a public key.",
            metavar="LEDGER",
            show_default=False,
        ),
    ],
    proof: Annotated[
        Path | None, typer.Option("--proof", help="Check this proof against it instead.", metavar="FILE")
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--key", help="Check signatures with the market's public key.", metavar="FILE")
    ] = None,
) -> None:
    """Play a whole ledger again: every hash, every slot's root, every sum. Nothing is written.

    [bold]Example[/bold]

    enerwise market verify market.db --key market.key.pub

    enerwise market verify market.key.pub --proof mine.json
    """
    from enerwise.serve.commands import market as command

    command.verify(ledger, proof, key)


@market.command()
@told
def prove(
    ledger: Ledger,
    out: Annotated[Path, typer.Option("--out", help="Write the proof here.", metavar="FILE")],
    entry: Annotated[int | None, typer.Option("--entry", help="Number of the entry; a statement lists them.")] = None,
    participant: Annotated[
        str | None, typer.Option("--participant", help="Or: everything that was booked for whom.")
    ] = None,
    slot: Annotated[str | None, typer.Option("--slot", help="In which slot.")] = None,
) -> None:
    """Write the proof that entries stand in their slot, to be checked without the ledger."""
    from enerwise.serve.commands import market as command

    command.prove(ledger, entry, participant, slot, out)


@market.command()
@told
def statement(
    ledger: Ledger,
    participant: Annotated[str, typer.Argument(help="Who.", metavar="PARTICIPANT", show_default=False)],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="Write it here: .pdf, .slots.csv (a row a slot), .csv or .parquet (a row an entry).",
            metavar="FILE",
        ),
    ] = None,
    first: FirstMoment = None,
    last: LastMoment = None,
) -> None:
    """Tell what was booked for a participant, by slot and in all.

    [bold]Example[/bold]

    enerwise market statement market.db home-3 --from 2026-05-01 --to 2026-06-01 --out may.pdf
    """
    from enerwise.serve.commands import market as command

    command.statement(ledger, participant, out, first, last)
