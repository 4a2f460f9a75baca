"""Commands in a group: `enerwise market ...`."""

from pathlib import Path
from typing import Annotated

import typer

from enerwise.serve.told import told

market = typer.Typer(name="market", help="Orders cleared, ledgers looked over, accounts told.", no_args_is_help=True)
Ledger = Annotated[Path, typer.Argument(help="Ledger of a market, a .db file.", metavar="LEDGER", show_default=False)]


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
        typer.Argument(help="Ledger, or with --proof a file that holds a root.", metavar="LEDGER", show_default=False),
    ],
    proof: Annotated[
        Path | None, typer.Option("--proof", help="Check this proof against the root instead.", metavar="FILE")
    ] = None,
) -> None:
    """Play a whole ledger again: every hash, every slot's root, every sum."""
    from enerwise.serve.commands import market as command

    command.verify(ledger, proof)


@market.command()
@told
def prove(
    ledger: Ledger,
    entry: Annotated[int, typer.Option("--entry", help="Number of the entry; a statement lists them.")],
    out: Annotated[Path, typer.Option("--out", help="Write the proof here.", metavar="FILE")],
) -> None:
    """Write the proof that an entry stands in its slot, to be checked without the ledger."""
    from enerwise.serve.commands import market as command

    command.prove(ledger, entry, out)


@market.command()
@told
def statement(
    ledger: Ledger,
    participant: Annotated[str, typer.Argument(help="Who.", metavar="PARTICIPANT", show_default=False)],
    out: Annotated[
        Path | None, typer.Option("--out", help="Write every entry here (.csv or .parquet).", metavar="FILE")
    ] = None,
) -> None:
    """Tell what was booked for a participant, by slot and in all."""
    from enerwise.serve.commands import market as command

    command.statement(ledger, participant, out)
