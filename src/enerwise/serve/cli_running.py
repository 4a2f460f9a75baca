"""Commands for a site that runs: commission, start, stop, reset, curtail."""

from pathlib import Path
from typing import Annotated

import typer

from enerwise.serve.cli_options import SiteFile
from enerwise.serve.console import complain
from enerwise.serve.told import PUT_RIGHT, told

Since = Annotated[str | None, typer.Option("--from", help="When it begins; at once if left out.")]
running = typer.Typer()


@running.command()
@told
def stop(
    site: SiteFile,
    cause: Annotated[str, typer.Option("--cause", help="Why; whoever resets acknowledges it.")] = "stopped by hand",
    who: Annotated[str, typer.Option("--who", help="Your name.")] = "",
    test: Annotated[bool, typer.Option("--test", help="Take the whole way without moving anything.")] = False,
) -> None:
    """Emergency stop of a running site: every machine rests at once, and stays so until a person resets.

    [bold]Examples[/bold]

    enerwise stop home.yaml

    enerwise stop home.yaml --test
    """
    from enerwise.serve.commands import door

    door.stop(site, cause, who, is_test=test)


@running.command()
@told
def reset(
    site: SiteFile,
    who: Annotated[str, typer.Option("--who", help="Your name; it goes into the audit.")],
    cause: Annotated[
        str | None, typer.Option("--cause", help="The cause you acknowledge, word for word; asked for if left out.")
    ] = None,
    subject: Annotated[
        str | None, typer.Option("--trip", help="Reset the trip of this asset, or of the whole site: *.")
    ] = None,
) -> None:
    """Reset a stop or a trip, after you have looked at its cause. It starts nothing.

    [bold]Examples[/bold]

    enerwise reset home.yaml --who Ada

    enerwise reset home.yaml --who Ada --trip battery --cause "cell overvoltage"
    """
    from enerwise.serve.commands import door

    door.reset(site, who, cause, subject)


@running.command()
@told
def start(
    site: SiteFile,
    who: Annotated[str, typer.Option("--who", help="Your name; it goes into the audit.")] = "",
) -> None:
    """Start a site that rests, or hear everything that speaks against it. Nothing can be skipped.

    [bold]Example[/bold]

    enerwise start home.yaml --who Ada
    """
    from enerwise.serve.commands import door

    door.start(site, who)


@running.command()
@told
def commission(
    site: SiteFile,
    who: Annotated[str, typer.Option("--who", help="Your name; it goes into report and audit.")],
    report: Annotated[
        Path | None, typer.Option("--report", help="Where to write it; SITE.commissioning.json if left out.")
    ] = None,
    verify: Annotated[
        Path | None, typer.Option("--verify", help="Check the signature of this report instead.", metavar="REPORT")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before machines are moved.")] = False,
) -> None:
    """Walk through the checklist of a new site, on the real machines: arming, signs, limits, stops, loss of the line.

    [bold]Examples[/bold]

    enerwise commission home.yaml --who Ada

    enerwise commission home.yaml --who Ada --verify home.commissioning.json
    """
    from enerwise.serve.commands import commission as command

    if verify is not None:
        command.verify(site, verify)
    else:
        command.commission(site, who, report, is_sure=yes)


@running.command()
@told
def curtail(
    site: SiteFile,
    limit: Annotated[str | None, typer.Option("--limit", help="Most import, such as '13.5 kW'.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="15:00, or 2026-05-14T15:00; within seven days.")] = None,
    since: Since = None,
    who: Annotated[str, typer.Option("--who", help="Who asks.")] = "network operator",
    name: Annotated[str | None, typer.Option("--id", help="The same id again takes the place of the first.")] = None,
    withdraw: Annotated[str | None, typer.Option("--withdraw", help="Take back the one of this id instead.")] = None,
) -> None:
    """Ask a running site for at most so much from the grid, for a while: an event of demand response.

    It is planned for at once, and kept by what is worth least; `enerwise why` tells of it.

    [bold]Examples[/bold]

    enerwise curtail office.yaml --limit "13.5 kW" --from 15:00 --until 16:00

    enerwise curtail office.yaml --withdraw event-7
    """
    from enerwise.serve.commands import curtail as command

    if withdraw is not None:
        command.withdraw(site, withdraw)
    elif limit is None or until is None:
        complain("enerwise curtail: write --limit and --until, or --withdraw ID")
        raise typer.Exit(PUT_RIGHT)
    else:
        command.curtail(site, limit, since, until, who, name)
