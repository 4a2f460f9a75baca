"""Commands in a group: `enerwise community ...`."""

from pathlib import Path
from typing import Annotated

import typer

from enerwise.serve.told import told

community = typer.Typer(
    name="community", help="Homes that trade with each other, played before they do.", no_args_is_help=True
)


@community.callback()
def _group() -> None:
    """Keep `simulate` a word of its own, also while it is the only one."""


@community.command()
@told
def simulate(
    file: Annotated[
        Path,
        typer.Argument(help="Community file, as examples/community.yaml.", metavar="COMMUNITY", show_default=False),
    ],
    strategy: Annotated[
        str | None,
        typer.Option("--strategy", help="Which to run, with commas between; all of them, side by side, if left out."),
    ] = None,
    mechanism: Annotated[
        str | None, typer.Option("--mechanism", help="Rule of the market, instead of the file's.")
    ] = None,
    days: Annotated[int | None, typer.Option("--days", help="Days to play, instead of the file's.")] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Seed of homes and weather.")] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="Folder for summary.json, homes.csv, slots.csv and community.svg.", metavar="FOLDER"
        ),
    ] = None,
    ledger: Annotated[
        Path | None,
        typer.Option("--ledger", help="Keep what the first strategy that trades settles here (.db).", metavar="FILE"),
    ] = None,
    json: Annotated[
        Path | None, typer.Option("--json", help="Write all sums here; - is the standard output.", metavar="FILE")
    ] = None,
) -> None:
    """Play a community slot by slot: forecast, bid, clear, dispatch on twins, meter, settle.

    [bold]Examples[/bold]

    enerwise community simulate examples/community.yaml

    enerwise community simulate examples/community.yaml --strategy marginal_value,optimum --out result
    """
    from enerwise.serve.commands import community as command

    command.simulate(file, command.Asked(strategy, mechanism, days, seed), folder=out, json=json, ledger=ledger)
