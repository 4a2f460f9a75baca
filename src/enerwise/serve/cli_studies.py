"""Commands that reckon and move nothing: plan, simulate, design, tune, backtest."""

from pathlib import Path
from typing import Annotated

import typer

from enerwise.serve.cli_options import Csv, FirstDay, Json, Plot, SiteFile
from enerwise.serve.told import told

studies = typer.Typer()


@studies.command()
@told
def plan(
    site: SiteFile,
    outlook: Annotated[
        Path,
        typer.Option(
            "--outlook",
            help="CSV or Parquet: start_utc, load_w, pv_w; price_import_eur_per_kwh and price_export_eur_per_kwh "
            "take the place of the tariff's energy prices; outdoor_degc is for heat pumps and chillers; import_limit_w "
            "is the most import that an event asks for, empty where there is none.",
            metavar="FILE",
        ),
    ],
    start: Annotated[
        list[str] | None,
        typer.Option("--start", help="Level at the start; half full if left out.", metavar="battery=50%"),
    ] = None,
    end: Annotated[
        list[str] | None,
        typer.Option(
            "--end", help="Least level at the end; if left out, what is left is valued.", metavar="battery=50%"
        ),
    ] = None,
    pareto: Annotated[
        str | None,
        typer.Option(
            "--pareto",
            help="Instead of one plan, what less of this costs: carbon, peak, ramping or self_sufficiency.",
            metavar="AIM",
        ),
    ] = None,
    json: Json = None,
    csv: Csv = None,
    plot: Plot = None,
) -> None:
    """Plan the time that an outlook tells of.

    [bold]Examples[/bold]

    enerwise plan home.yaml --outlook tomorrow.csv --start battery=50%

    enerwise plan home.yaml --outlook tomorrow.csv --start battery=50% --end battery=50% --json - --plot plan.svg

    enerwise plan home.yaml --outlook tomorrow.csv --pareto peak --plot peak.svg
    """
    from enerwise.serve.commands import plan as command

    if pareto is not None:
        from enerwise.serve.commands.tradeoff import tradeoff

        tradeoff(site, outlook, start or [], end or [], pareto, command.Files(json=json, csv=csv, plot=plot))
        return
    command.plan(site, outlook, start or [], end or [], command.Files(json=json, csv=csv, plot=plot))


@studies.command()
@told
def profile(
    data: Annotated[
        Path, typer.Argument(help="CSV or Parquet with a column of times.", metavar="DATA", show_default=False)
    ],
    target: Annotated[str, typer.Option("--target", help="The column of the load.", metavar="COL")] = "load_kwh",
    site: Annotated[
        Path | None, typer.Option("--site", help="Site file: its tariff, time zone and holidays.", metavar="SITE")
    ] = None,
    unit: Annotated[
        str | None, typer.Option("--unit", help="Of the target, such as kW; else told by its name.")
    ] = None,
    parts: Annotated[
        str, typer.Option("--parts", help="Parts of it in the same unit: what peaks came from.", metavar="COL,...")
    ] = "",
    temperature: Annotated[
        str | None, typer.Option("--temperature", help="The column of the air outside, in degC.", metavar="COL")
    ] = None,
    zone: Annotated[str, typer.Option("--zone", help="Whose clock, where stamps are in UTC or tell it.")] = "UTC",
    country: Annotated[str, typer.Option("--country", help="Whose holidays, such as DE or DE-BW.")] = "",
    where: Annotated[
        list[str] | None, typer.Option("--where", help="Only rows such as building=1.", metavar="COL=TEXT")
    ] = None,
    time: Annotated[str | None, typer.Option("--time", help="The column of times.", metavar="COL")] = None,
    json: Json = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", help="Write the shapes of days here (.csv or .parquet).", metavar="FILE")
    ] = None,
    plot: Plot = None,
) -> None:
    """Say what a measured load tells of a building: its days, base, peaks and their causes, hours, weather, prices.

    [bold]Examples[/bold]

    enerwise profile meter.csv --target load_kwh --site office.yaml --plot load.svg

    enerwise profile meter.parquet --target power_kw --temperature temperature_c --country DE --zone Europe/Berlin
    """
    from enerwise.serve.asked import pairs
    from enerwise.serve.commands.profile import profile as look
    from enerwise.serve.load_look import Asked

    listed = tuple(each.strip() for each in parts.split(",") if each.strip())
    wish = Asked(target, unit, temperature, listed, time, pairs("--where", where or []), zone, country)
    look(data, wish, site, json, csv, plot)


@studies.command()
@told
def simulate(
    site: SiteFile,
    days: Annotated[float, typer.Option("--days", help="Days to simulate.")] = 7.0,
    seed: Annotated[
        int, typer.Option("--seed", help="Seed of home and weather; same file, same seed, same bytes.")
    ] = 1,
    start: Annotated[str, typer.Option("--start", help="First day.", metavar="DATE")] = "2024-06-03",
    mode: Annotated[
        str | None,
        typer.Option("--mode", help="Instead of the site file's: follow_plan, self_consumption, passive, ..."),
    ] = None,
    step: Annotated[str | None, typer.Option("--step", help="Length of a turn, such as '15 min'.")] = None,
    presence: Annotated[
        str | None,
        typer.Option(
            "--presence",
            help="Recorded days for heat pumps that look who is there: 1 in this column where somebody was.",
            metavar="FILE@COLUMN",
        ),
    ] = None,
    curtail: Annotated[
        list[str] | None,
        typer.Option(
            "--curtail",
            help="An event that arrives while it runs: '13.5 kW from 2024-06-04 15:00 to 16:00 told 13:00'.",
            metavar="EVENT",
        ),
    ] = None,
    json: Json = None,
    csv: Csv = None,
    plot: Plot = None,
    events: Annotated[
        Path | None, typer.Option("--events", help="Write the event log here, one JSON a line.", metavar="FILE")
    ] = None,
    store: Annotated[
        Path | None, typer.Option("--store", help="Keep everything here, so that `why` can be asked.", metavar="FILE")
    ] = None,
) -> None:
    """Simulate a generated home for a site: twins on a virtual clock.

    [bold]Examples[/bold]

    enerwise simulate home.yaml

    enerwise simulate home.yaml --days 3 --seed 7 --start 2024-11-11 --mode self_consumption --plot days.svg

    enerwise simulate home.yaml --store home.sim.db && enerwise why 14:05 --store home.sim.db
    """
    from enerwise.serve.commands import simulate as command

    wish = command.Asked(
        day_count=days, seed=seed, start=start, mode=mode, step=step, presence=presence, curtail=tuple(curtail or ())
    )
    command.simulate(site, wish, command.Files(json=json, csv=csv, plot=plot, events=events, store=store))


@studies.command()
@told
def design(
    site: SiteFile,
    data: Annotated[
        Path, typer.Option("--data", help="Measured history, CSV or Parquet: start_utc, load_w, pv_w.", metavar="FILE")
    ],
    columns: Annotated[
        Path | None, typer.Option("--columns", help="YAML that maps other columns, units and clocks.", metavar="FILE")
    ] = None,
    battery_kwh: Annotated[float, typer.Option("--battery-kwh", help="Largest battery; 0 leaves it out.")] = 20.0,
    battery_eur: Annotated[float, typer.Option("--battery-eur", help="Price of a kWh of battery, installed.")] = 600.0,
    battery_years: Annotated[float, typer.Option("--battery-years", help="Life of the battery.")] = 15.0,
    pv_kwp: Annotated[float, typer.Option("--pv-kwp", help="Largest PV plant; 0 leaves it out.")] = 15.0,
    pv_eur: Annotated[float, typer.Option("--pv-eur", help="Price of a kWp of PV, installed.")] = 1200.0,
    pv_years: Annotated[float, typer.Option("--pv-years", help="Life of the plant.")] = 25.0,
    interest: Annotated[float, typer.Option("--interest", help="Interest a year, in percent.")] = 3.0,
    tariff: Annotated[
        list[Path] | None,
        typer.Option(
            "--tariff", help="Site file whose tariff may be taken instead; as often as wanted.", metavar="FILE"
        ),
    ] = None,
    aims: Annotated[
        str, typer.Option("--aims", help="Two or three that shall be small, of cost, invest, import.")
    ] = "cost,invest",
    generations: Annotated[int, typer.Option("--generations", help="How often the search improves.", min=1)] = 12,
    seed: Annotated[int, typer.Option("--seed", help="Of the search; same file, same seed, same designs.")] = 1,
    json: Json = None,
    csv: Csv = None,
    plot: Plot = None,
) -> None:
    """Say which battery, which PV and which tariff would suit a home, on its own measured data.

    [bold]Examples[/bold]

    enerwise design home.yaml --data last-year.csv

    enerwise design home.yaml --data last-year.csv --tariff dynamic.yaml --battery-eur 450 --plot designs.svg
    """
    from enerwise.run.design import Choice, Offer
    from enerwise.serve.commands import design as command
    from enerwise.serve.commands.plan import Files

    battery = Offer(battery_kwh * 1e3, battery_eur, life_years=battery_years)
    pv = Offer(pv_kwp * 1e3, pv_eur, life_years=pv_years)
    wish = command.Wish(Choice(battery, pv, (), interest / 100), tariff or (), aims, generations, seed)
    command.design(site, data, columns, wish, Files(json=json, csv=csv, plot=plot))


@studies.command()
@told
def tune(
    site: SiteFile,
    data: Annotated[
        Path, typer.Option("--data", help="Measured history, CSV or Parquet: start_utc, load_w, pv_w.", metavar="FILE")
    ],
    columns: Annotated[
        Path | None, typer.Option("--columns", help="YAML that maps other columns, units and clocks.", metavar="FILE")
    ] = None,
    days: Annotated[int, typer.Option("--days", help="Days that choose, and as many after them that judge.")] = 28,
    learn: Annotated[
        bool, typer.Option("--learn", help="Train forecasts on the way, and try to plan with and without them.")
    ] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Let the better way serve the site from now on.")] = False,
    json: Json = None,
    csv: Csv = None,
) -> None:
    """Say how a site should plan, by what each way would have cost it.

    Forecasts, several futures or one, caution, the worth of what is left at the end: one thing after the other is
    changed on the first half of the last weeks. What was better has to be better on the second half too, and not by
    chance. A running site does the same every four weeks.

    [bold]Examples[/bold]

    enerwise tune home.yaml --data last-year.csv

    enerwise tune home.yaml --data last-year.csv --days 42 --learn --keep
    """
    from enerwise.serve.commands import tune as command
    from enerwise.serve.commands.plan import Files

    command.choose(site, data, columns, command.Wish(days, learn, keep), Files(json=json, csv=csv))


@studies.command()
@told
def backtest(
    site: SiteFile,
    data: Annotated[
        Path, typer.Option("--data", help="Measured history, CSV or Parquet: start_utc, load_w, pv_w.", metavar="FILE")
    ],
    columns: Annotated[
        Path | None, typer.Option("--columns", help="YAML that maps other columns, units and clocks.", metavar="FILE")
    ] = None,
    strategies: Annotated[
        str, typer.Option("--strategies", help="Which to run.")
    ] = "idle,self_consumption,plan,perfect",
    first_day: FirstDay = None,
    last_day: Annotated[str | None, typer.Option("--to", help="Day before which billing ends.", metavar="DATE")] = None,
    warmup: Annotated[str, typer.Option("--warmup", help="Days of history before the first billed one.")] = "28d",
    json: Json = None,
    csv: Csv = None,
    plot: Plot = None,
    store: Annotated[
        Path | None,
        typer.Option(
            "--store", help="Keep the plan's run here for `why`; SITE.backtest.db if left out.", metavar="FILE"
        ),
    ] = None,
    no_store: Annotated[bool, typer.Option("--no-store", help="Keep no store.")] = False,
) -> None:
    """Say what Enerwise would have saved a home on its own measured data.

    [bold]Examples[/bold]

    enerwise backtest home.yaml --data last-year.csv

    enerwise backtest home.yaml --data meter.parquet --columns map.yaml --from 2024-01-01 --plot year.svg

    [bold]Column map[/bold]

    time: ts_local · step_is: end · timezone: Europe/Berlin · load: {column: use_kwh, unit: kWh per step}
    """
    from enerwise.serve.commands import backtest as command
    from enerwise.serve.measured import Span

    kept = None if no_store else store or site.with_name(f"{site.stem}.backtest.db")
    wish = command.Asked(strategies, columns, Span(first_day, last_day, warmup))
    command.run(site, data, wish, command.Files(json=json, csv=csv, plot=plot, store=kept))
