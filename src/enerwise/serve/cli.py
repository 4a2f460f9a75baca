"""The command line: what people may ask, and in which words troubles are told. Heavy libraries load inside commands.

A trouble that a person can put right ends with 2 and a message of place, value and remedy; a mistake of ours ends with
1 and says how to report it.
"""

from pathlib import Path
from typing import Annotated

import typer

from enerwise import __version__
from enerwise.serve import cli_community, cli_forecast, cli_models, cli_running, cli_site, cli_studies, cli_wholesale
from enerwise.serve.cli_options import Json, SiteFile
from enerwise.serve.console import complain
from enerwise.serve.told import PUT_RIGHT, told

app = typer.Typer(
    name="enerwise",
    help="Enerwise measures a site, foresees it, plans it, and says why it did what it did.",
    epilog="First steps: enerwise run --demo · enerwise init home.yaml · enerwise simulate home.yaml",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)

app.add_typer(cli_studies.studies)
app.add_typer(cli_running.running)
app.add_typer(cli_site.devices)
app.add_typer(cli_site.audit)
app.add_typer(cli_site.tls)
app.add_typer(cli_community.community)
app.add_typer(cli_forecast.forecast)
app.add_typer(cli_models.models)
app.add_typer(cli_wholesale.market)


def main() -> None:
    """Run the command line."""
    app()


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"enerwise {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    del version


@app.command()
@told
def init(
    file: Annotated[Path, typer.Argument(help="Where to write it.", metavar="FILE")] = Path("home.yaml"),
    template: Annotated[
        str | None, typer.Option("--template", help="Tariff to begin with: home, flat, tou, spot or capacity.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing, take the defaults.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that is there.")] = False,
) -> None:
    """Write a first site file, after a few questions.

    [bold]Examples[/bold]

    enerwise init home.yaml

    enerwise init home.yaml --template spot --yes
    """
    from enerwise.serve.commands.init import init as write

    write(file, template, takes_defaults=yes, overwrites=force)


@app.command()
@told
def check(site: SiteFile) -> None:
    """Say everything that is wrong with a site file, or what was understood of it.

    [bold]Example[/bold]

    enerwise check home.yaml
    """
    from enerwise.serve.commands.check import check as look

    look(site)


@app.command()
@told
def run(
    site: Annotated[Path | None, typer.Argument(help="Site file; left out with --demo.", metavar="[SITE]")] = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="A demo home on simulated machines, with four weeks behind it.")
    ] = False,
    days: Annotated[float | None, typer.Option("--days", help="End after so many days.")] = None,
    seconds: Annotated[float | None, typer.Option("--seconds", help="End after so many seconds.")] = None,
    out: Annotated[
        Path, typer.Option("--out", help="Demo: folder for site file, store and accounts.", metavar="FOLDER")
    ] = Path("enerwise-demo"),
    turn: Annotated[
        str | None, typer.Option("--turn", help="Site: length of a turn; 10 s with devices, else 1 min.")
    ] = None,
    stop_port: Annotated[
        int, typer.Option("--stop-port", help="Site with devices: loopback port that takes stops; 0 for none.")
    ] = 0,
    stop_input: Annotated[
        list[Path] | None,
        typer.Option("--stop-input", help="Site with devices: stops when it can be read: GPIO, serial line, FIFO."),
    ] = None,
    store: Annotated[
        Path | None, typer.Option("--store", help="Site: keep everything here; SITE.db if left out.", metavar="FILE")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", help="Port of the page: this, else PORT, else 8600; 0 for no page.", show_default=False),
    ] = None,
    no_page: Annotated[bool, typer.Option("--no-page", help="Run without the page.")] = False,
    host: Annotated[
        str, typer.Option("--host", help="Address the page listens at; beyond this machine it speaks TLS.")
    ] = "127.0.0.1",
    tls_cert: Annotated[
        Path | None, typer.Option("--tls-cert", help="Certificate chain; made here if left out.", metavar="PEM")
    ] = None,
    tls_key: Annotated[Path | None, typer.Option("--tls-key", help="Its key.", metavar="PEM")] = None,
    client_ca: Annotated[
        Path | None,
        typer.Option("--client-ca", help="Let in only machines with a certificate of this authority.", metavar="PEM"),
    ] = None,
    origin: Annotated[
        str | None, typer.Option("--origin", help="Where browsers find the page, if elsewhere.", metavar="URL")
    ] = None,
    open_metrics: Annotated[
        bool, typer.Option("--open-metrics", help="Show /metrics to whoever reaches the port; else a key is needed.")
    ] = False,
    market: Annotated[
        list[Path] | None,
        typer.Option("--market", help="Market file: the server of the page runs it; may be repeated.", metavar="FILE"),
    ] = None,
) -> None:
    """Run a site, or a demo home, on the machine's clock until Ctrl-C, and show it on http://localhost:8600.

    A site file with `devices` moves those, through a door of its own: `enerwise stop` brings all to rest. One without
    is played by twins; nothing real is moved. Neither is with --demo.

    [bold]Examples[/bold]

    enerwise run --demo

    enerwise run home.yaml

    enerwise run home.yaml --host 0.0.0.0 --tls-cert chain.pem --tls-key key.pem
    """
    if demo == (site is not None):
        complain("enerwise run: name a site file, or write --demo for a home that needs none")
        raise typer.Exit(PUT_RIGHT)
    from enerwise.serve.asked import how_long_days
    from enerwise.serve.listening import Place, port_of

    place = Place(
        0 if no_page else port_of(port), host, tls_cert, tls_key, client_ca, origin, open_metrics, tuple(market or ())
    )
    day_count = how_long_days(days, seconds)
    if site is None:
        from enerwise.serve.commands.live_demo import live_demo

        live_demo(out, day_count, place)
    else:
        from enerwise.serve.commands.run import run as live

        live(site, store, day_count, turn, place=place, stop_port=stop_port, stop_inputs=stop_input or [])


@app.command()
@told
def demo(
    days: Annotated[float, typer.Option("--days", help="Days to simulate.")] = 7.0,
    speed: Annotated[
        float | None, typer.Option("--speed", help="Simulated seconds per second; 0 as fast as it goes.")
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="Folder for picture, numbers and store.", metavar="FOLDER")] = Path(
        "enerwise-demo/week"
    ),
) -> None:
    """Play a generated home through a week in the terminal, at high speed, and say what planning saved.

    [bold]Examples[/bold]

    enerwise demo

    enerwise demo --days 2 --speed 0
    """
    from enerwise.serve.commands.demo import demo as show

    show(days, speed, out)


@app.command()
@told
def why(
    time: Annotated[
        str,
        typer.Argument(
            help="14:05 (the last one on record), '2024-07-03 14:05', or 2024-07-03T12:05Z.", metavar="TIME"
        ),
    ],
    store: Annotated[
        Path | None, typer.Option("--store", help="The store; the newest *.db here if left out.", metavar="FILE")
    ] = None,
    asset: Annotated[str | None, typer.Option("--asset", help="Which asset; the battery if left out.")] = None,
    lang: Annotated[str, typer.Option("--lang", help="Language: en or de.")] = "en",
    json: Json = None,
) -> None:
    """Say why an asset did what it did, from the command back to the meters.

    [bold]Examples[/bold]

    enerwise why 14:05

    enerwise why "2024-07-03 14:05" --store home.backtest.db --lang de
    """
    from enerwise.serve.commands.why import why as explain

    explain(time, store, asset, lang, json)


@app.command()
@told
def plant(
    site: SiteFile,
    seed: Annotated[int, typer.Option("--seed", help="Seed of home, weather, noise and drawn faults.")] = 1,
    seconds: Annotated[float | None, typer.Option("--seconds", help="End after so long; else at Ctrl-C.")] = None,
    speed: Annotated[float, typer.Option("--speed", help="So much faster do energy and sun move.")] = 1.0,
    port_base: Annotated[
        int | None, typer.Option("--port-base", help="Play the devices on this machine, from this port on.")
    ] = None,
    site_out: Annotated[
        Path | None, typer.Option("--site-out", help="Write the site file with these places here.", metavar="FILE")
    ] = None,
    faults: Annotated[
        Path | None, typer.Option("--faults", help="Faults with their times, a line of JSON each.", metavar="FILE")
    ] = None,
    faults_every: Annotated[
        str | None, typer.Option("--faults-every", help="Draw faults, on average one in such a time, for each device.")
    ] = None,
    control_port: Annotated[
        int, typer.Option("--control-port", help="Loopback port that takes faults as lines of JSON; 0 for none.")
    ] = 0,
    state: Annotated[
        Path | None, typer.Option("--json-state", help="Write what happens here, once a second.", metavar="FILE")
    ] = None,
) -> None:
    """Play the machines of a site on the wires that its file names, simulated, faults included.

    Devices behind a broker on this machine, which must run, and OCPP chargers that call this machine are played too.

    [bold]Examples[/bold]

    enerwise plant examples/lindenweg_wired.yaml

    enerwise plant home.yaml --control-port 15999, then send {"device": "hybrid", "fault": "silent"}

    enerwise plant home.yaml --port-base 15020 --site-out played.yaml --faults-every "10 min"
    """
    from enerwise.serve.commands.plant import plant as play

    play(
        site,
        seed=seed,
        seconds=seconds,
        speed_ratio=speed,
        port_base=port_base,
        site_out=site_out,
        faults_path=faults,
        faults_every=faults_every,
        control_port=control_port,
        state_path=state,
    )


@app.command()
@told
def health(site: SiteFile, json: Json = None) -> None:
    """Say how a running site's door stands: state, devices, heartbeats, stops, what it cannot promise.

    [bold]Example[/bold]

    enerwise health home.yaml
    """
    from enerwise.serve.commands import door

    door.health(site, json)


@app.command()
@told
def backup(
    site: SiteFile,
    out: Annotated[Path, typer.Option("--out", help="File to write (.zip).", metavar="FILE")],
    store: Annotated[
        Path | None, typer.Option("--store", help="Store of the site; SITE.db if left out.", metavar="FILE")
    ] = None,
    no_accounts: Annotated[bool, typer.Option("--no-accounts", help="Leave out people, roles and keys.")] = False,
) -> None:
    """Write a backup of a site into one file, also while it runs: site file, prices, store, accounts, audit.

    [bold]Example[/bold]

    enerwise backup home.yaml --out home-2026-05-14.zip
    """
    from enerwise.serve.commands import backup as command

    command.backup(site, out, store, with_accounts=not no_accounts)


@app.command()
@told
def restore(
    site: Annotated[Path, typer.Argument(help="Site file; it need not be there yet.", metavar="SITE")],
    file: Annotated[Path, typer.Argument(help="Backup to restore.", metavar="BACKUP")],
    store: Annotated[
        Path | None, typer.Option("--store", help="Store of the site; SITE.db if left out.", metavar="FILE")
    ] = None,
    no_accounts: Annotated[
        bool, typer.Option("--no-accounts", help="Leave people, roles and keys as they are.")
    ] = False,
    any_site: Annotated[bool, typer.Option("--any-site", help="Take a backup of another site as well.")] = False,
) -> None:
    """Verify a backup and restore it, whole or not at all; a running site takes it over at its next start.

    [bold]Example[/bold]

    enerwise restore home.yaml home-2026-05-14.zip
    """
    from enerwise.serve.commands import backup as command

    command.restore(site, file, store, with_accounts=not no_accounts, takes_any=any_site)


@app.command()
@told
def bench() -> None:
    """Measure how quick this machine is: plans, turns, twins.

    [bold]Example[/bold]

    enerwise bench
    """
    from enerwise.serve.commands.bench import bench as measure

    measure()


if __name__ == "__main__":
    main()
