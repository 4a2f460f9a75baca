"""Commands in groups: `enerwise devices ...`, `enerwise audit ...` and `enerwise tls ...`."""

from pathlib import Path
from typing import Annotated

import typer

from enerwise.serve.told import told

devices = typer.Typer(
    name="devices", help="Look at what is on the wires, before anything is moved.", no_args_is_help=True
)
audit = typer.Typer(
    name="audit", help="What was decided, stopped, reset and refused, as a chain.", no_args_is_help=True
)
tls = typer.Typer(name="tls", help="Certificates for machines that talk to each other.", no_args_is_help=True)
SiteFile = Annotated[Path, typer.Argument(help="Site file.", metavar="SITE", show_default=False)]
FirstMoment = Annotated[str, typer.Option("--from", help="First moment, UTC.", metavar="TIME")]
LastMoment = Annotated[str, typer.Option("--to", help="Moment before which it ends, UTC.", metavar="TIME")]
AuditPlace = Annotated[
    Path, typer.Argument(help="Site file, or the folder of its audit.", metavar="SITE", show_default=False)
]


@devices.command()
@told
def profiles() -> None:
    """List the products there are profiles for."""
    from enerwise.serve.commands import devices as command

    command.profiles()


@devices.command()
@told
def scan(
    network: Annotated[str, typer.Argument(help="Your own network, such as 192.168.1.0/24.", metavar="NETWORK")],
    port: Annotated[int, typer.Option("--port", help="Port to ask on.")] = 502,
) -> None:
    """Find Modbus TCP devices in a network of your own. Nothing is written to any of them.

    [bold]Example[/bold]

    enerwise devices scan 192.168.1.0/24
    """
    from enerwise.serve.commands import devices as command

    command.scan(network, port)


@devices.command()
@told
def probe(
    address: Annotated[str, typer.Argument(help="host or host:port.", metavar="ADDRESS")],
    unit: Annotated[int, typer.Option("--unit", help="Unit id.")] = 1,
    profile: Annotated[
        str | None, typer.Option("--profile", help="Profile to read it by; every one that fits if left out.")
    ] = None,
) -> None:
    """Show what a device measures, in house units and the house sign.

    [bold]Examples[/bold]

    enerwise devices probe 192.168.1.20

    enerwise devices probe 127.0.0.1:15020 --profile generic_hybrid
    """
    from enerwise.serve.commands import devices as command

    command.probe(address, unit, profile)


@devices.command()
@told
def watch(
    site: SiteFile,
    seconds: Annotated[float | None, typer.Option("--seconds", help="End after so long; else at Ctrl-C.")] = None,
) -> None:
    """Show what the devices of a site tell, once a second, without moving anything.

    [bold]Example[/bold]

    enerwise devices watch home.yaml
    """
    from enerwise.serve.commands import devices as command

    command.watch(site, seconds)


@devices.command("check-sign")
@told
def check_sign(
    site: SiteFile,
    load: Annotated[str, typer.Option("--load", help="What you will switch on.")] = "2 kW",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not wait for a key.")] = False,
) -> None:
    """Switch on a load, and see whether the meter at the connection shows it as taken.

    [bold]Example[/bold]

    enerwise devices check-sign home.yaml --load "2 kW"
    """
    from enerwise.serve import asked
    from enerwise.serve.commands import devices as command

    command.check_sign(site, asked.power_w("--load", load), waits_for_key=not yes)


@audit.command()
@told
def verify(place: AuditPlace) -> None:
    """Walk the chain, and say where it breaks if it does.

    [bold]Example[/bold]

    enerwise audit verify home.yaml
    """
    from enerwise.serve.commands import audit as command

    command.verify(place)


@audit.command()
@told
def show(
    place: AuditPlace,
    last: Annotated[int, typer.Option("--last", help="How many lines.")] = 20,
    kind: Annotated[str | None, typer.Option("--kind", help="Only stop, trip, reset, refused, decision, ...")] = None,
) -> None:
    """Show the newest lines.

    [bold]Example[/bold]

    enerwise audit show home.yaml --kind trip
    """
    from enerwise.serve.commands import audit as command

    command.show(place, last, kind)


@audit.command()
@told
def export(
    place: AuditPlace,
    out: Annotated[Path, typer.Option("--out", help="File to write: .jsonl or .csv.", metavar="FILE")],
    start: FirstMoment = "",
    end: LastMoment = "~",
) -> None:
    """Write the lines of a time into a file.

    [bold]Example[/bold]

    enerwise audit export home.yaml --from 2024-07-01 --to 2024-07-02 --out july.csv
    """
    from enerwise.serve.commands import audit as command

    command.export(place, start, end, out)


@tls.command()
@told
def issue(
    name: Annotated[str, typer.Argument(help="Name of the machine.", metavar="NAME")],
    folder: Annotated[
        Path, typer.Option("--folder", help="Where the authority lies; begun there if it does not.", metavar="FOLDER")
    ] = Path("enerwise-tls"),
) -> None:
    """Make key and certificate for a machine, which a server told --client-ca lets in.

    [bold]Examples[/bold]

    enerwise tls issue controller-2

    enerwise run home.yaml --host 0.0.0.0 --client-ca enerwise-tls/ca.pem
    """
    from enerwise.serve.commands import tls as command

    command.issue(name, folder)
