"""Commands in a group: `enerwise forecast ...`."""

from pathlib import Path
from typing import Annotated

import typer

from enerwise.serve.told import told

forecast = typer.Typer(
    name="forecast",
    help="Forecasts that know how good they are: tried on the past, scored, watched.",
    no_args_is_help=True,
)
Data = Annotated[
    Path, typer.Argument(help="CSV or Parquet with a column of times.", metavar="DATA", show_default=False)
]
Where = Annotated[
    list[str] | None,
    typer.Option("--where", help="Only rows such as building=1; may be repeated.", metavar="COL=TEXT"),
]
Time = Annotated[str | None, typer.Option("--time", help="The column of times.", metavar="COL")]
Json = Annotated[
    Path | None, typer.Option("--json", help="Write all figures here; - is the standard output.", metavar="FILE")
]
FirstDay = Annotated[str | None, typer.Option("--from", help="First day.", metavar="DAY")]
LastDay = Annotated[str | None, typer.Option("--to", help="Last day.", metavar="DAY")]
Known = Annotated[
    str | None,
    typer.Option(
        "--known",
        help="Columns told ahead, between commas: COL at the issue of its day, COL@7d so long before, COL@always.",
        metavar="COL,...",
    ),
]
Connection = Annotated[
    str | None, typer.Option("--connection", help="Most power there can be, such as 17 kW; more is refused.")
]
Unit = Annotated[str | None, typer.Option("--unit", help="Of the target, such as kW; told from its name if left out.")]
Kind = Annotated[
    str | None, typer.Option("--kind", help="load, pv, wind, price or other; told from the target if left out.")
]
Without = Annotated[
    str,
    typer.Option(
        "--without",
        help="Devices taken off the target, which leaves its base load; -COL where a column tells what is given.",
        metavar="COL,...",
    ),
]
Pool = Annotated[
    str,
    typer.Option(
        "--pool",
        help="Other homes, for one younger than eight weeks; FILE@COL takes another column, FILE@building=2 some rows.",
        metavar="FILE,...",
    ),
]
Plot = Annotated[Path | None, typer.Option("--plot", help="Draw the band and what came true (.svg).", metavar="FILE")]


@forecast.command()
@told
def backtest(
    data: Data,
    target: Annotated[str, typer.Option("--target", help="The column to forecast.", metavar="COL")],
    out: Annotated[
        Path, typer.Option("--out", help="Write timestamp, issue_time, q0.05 ... q0.95 (.csv or .parquet).")
    ],
    known: Known = None,
    freq: Annotated[str, typer.Option("--freq", help="Length of a step.")] = "1h",
    issue: Annotated[str, typer.Option("--issue", help="Time of day of each forecast, clock of the data.")] = "00:00",
    first: FirstDay = None,
    last: LastDay = None,
    horizon: Annotated[str, typer.Option("--horizon", help="24h, 7d or 30d; any whole number of steps.")] = "24h",
    model: Annotated[
        str, typer.Option("--model", help="Members between commas; auto takes the whole ladder.")
    ] = "auto",
    kind: Kind = None,
    zone: Annotated[str, typer.Option("--zone", help="Time zone whose days and weeks people live by.")] = "UTC",
    country: Annotated[str, typer.Option("--country", help="Whose holidays, such as DE or DE-BW.")] = "",
    unit: Unit = None,
    connection: Connection = None,
    where: Where = None,
    time: Time = None,
    json: Json = None,
    plot: Plot = None,
    raw: Annotated[bool, typer.Option("--raw", help="Leave the bands as the members say, not recalibrated.")] = False,
    pool: Pool = "",
    without: Without = "",
    levels: Annotated[int, typer.Option("--levels", help="Quantiles written: 19, or 99 with the tails.")] = 19,
    accept: Annotated[bool, typer.Option("--accept", help="Go on where the data look wrong; it is told.")] = False,
) -> None:
    """Forecast day after day with nothing but what was known then, and write every forecast.

    [bold]Examples[/bold]

    enerwise forecast backtest load.csv --target load_kwh --from 2017-06-05 --to 2017-07-30 --out forecast.csv

    enerwise forecast backtest market.parquet --target price_eur_mwh --known load_forecast_mw,wind_forecast_mw
    --from 2017-01-01 --to 2017-01-31 --out forecast.parquet
    """
    from enerwise.serve.commands import forecast as command

    command.backtest(
        data,
        command.Asked(
            target=target,
            known=known or "",
            freq=freq,
            issue=issue,
            first=first,
            last=last,
            horizon=horizon,
            model=model,
            kind=kind,
            zone=zone,
            country=country,
            unit=unit,
            connection=connection,
            where=tuple(where or ()),
            time=time,
            is_recalibrated=not raw,
            accepts=accept,
            pool=pool,
            without=command.listed(without),
            levels=levels,
        ),
        command.Files(out=out, json=json, plot=plot),
    )


@forecast.command()
@told
def score(
    file: Annotated[Path, typer.Argument(help="Forecast file.", metavar="FORECAST", show_default=False)],
    data: Data,
    target: Annotated[
        str | None, typer.Option("--target", help="What came true; known of a forecast written here.", metavar="COL")
    ] = None,
    first: FirstDay = None,
    last: LastDay = None,
    where: Where = None,
    time: Time = None,
    json: Json = None,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write the table here (.csv or .parquet).")] = None,
    plot: Plot = None,
) -> None:
    """Say how good a forecast was, one from outside too: errors, bands, by horizon, against the week before.

    [bold]Example[/bold]

    enerwise forecast score forecast.csv load.csv --target load_kwh --plot forecast.svg
    """
    from enerwise.serve.commands import forecast_score as command

    command.score(
        file,
        data,
        command.Asked(target=target, first=first, last=last, where=tuple(where or ()), time=time),
        command.Files(json=json, csv=csv, plot=plot),
    )


@forecast.command()
@told
def peaks(
    file: Annotated[Path, typer.Argument(help="Forecast file.", metavar="FORECAST", show_default=False)],
    data: Data,
    target: Annotated[
        str | None, typer.Option("--target", help="What came true; known of a forecast written here.", metavar="COL")
    ] = None,
    first: FirstDay = None,
    last: LastDay = None,
    zone: Annotated[str, typer.Option("--zone", help="Time zone whose days are meant.")] = "UTC",
    country: Annotated[str, typer.Option("--country", help="Whose holidays, such as DE or DE-BW.")] = "",
    where: Where = None,
    time: Time = None,
    json: Json = None,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write a row for each day (.csv or .parquet).")] = None,
) -> None:
    """Tell the hour in which each day will be highest, how sure that is, and by type of day how often it came true.

    [bold]Example[/bold]

    enerwise forecast peaks forecast.csv load.csv --country DE --zone Europe/Berlin
    """
    from enerwise.serve.commands import forecast_peaks as command
    from enerwise.serve.commands.forecast_score import Asked, rows_of

    command.check(json, csv)
    asked = Asked(target=target, first=first, last=last, where=tuple(where or ()), time=time)
    rows, _, notes = rows_of(file, data, asked)
    command.show(command.peak_days(rows, zone, country), notes, json, csv)


@forecast.command()
@told
def check(
    data: Data,
    target: Annotated[str, typer.Option("--target", help="The column to look at.", metavar="COL")],
    known: Known = None,
    unit: Unit = None,
    connection: Connection = None,
    kind: Kind = None,
    without: Without = "",
    where: Where = None,
    time: Time = None,
    json: Json = None,
) -> None:
    """Look over a series before it is learned from: gaps, spikes, flat lines, units, clocks, repeated days.

    [bold]Example[/bold]

    enerwise forecast check load.csv --target load_kwh --connection "17 kW"
    """
    from enerwise.serve.commands import forecast as command

    asked = command.Asked(
        target=target,
        known=known or "",
        unit=unit,
        connection=connection,
        kind=kind,
        where=tuple(where or ()),
        time=time,
        without=command.listed(without),
    )
    command.check(data, asked, json)


RegistryFolder = Annotated[Path, typer.Option("--registry", help="Folder of trained models.", metavar="DIR")]
Series = Annotated[str, typer.Argument(help="Series, by default named after its target.", metavar="SERIES")]


@forecast.command()
@told
def train(
    data: Data,
    target: Annotated[str, typer.Option("--target", help="The column to forecast.", metavar="COL")],
    registry: RegistryFolder = Path("forecasts"),
    series: Annotated[str | None, typer.Option("--series", help="Keep it under this name.")] = None,
    name: Annotated[str | None, typer.Option("--name", help="Name of the model; day and members if left out.")] = None,
    known: Known = None,
    freq: Annotated[str, typer.Option("--freq", help="Length of a step.")] = "1h",
    issue: Annotated[str, typer.Option("--issue", help="Time of day of each forecast, clock of the data.")] = "00:00",
    horizon: Annotated[str, typer.Option("--horizon", help="24h, 7d or 30d.")] = "24h",
    model: Annotated[str, typer.Option("--model", help="Members between commas, or auto.")] = "auto",
    kind: Kind = None,
    zone: Annotated[str, typer.Option("--zone", help="Time zone whose days and weeks people live by.")] = "UTC",
    country: Annotated[str, typer.Option("--country", help="Whose holidays, such as DE or DE-BW.")] = "",
    where: Where = None,
    time: Time = None,
    pool: Pool = "",
    without: Without = "",
    accept: Annotated[bool, typer.Option("--accept", help="Go on where the data look wrong; it is told.")] = False,
) -> None:
    """Train on all of a file, and keep the model with how good it was on days it had not seen.

    [bold]Example[/bold]

    enerwise forecast train load.csv --target load_kwh --registry forecasts
    """
    from enerwise.serve.commands import forecast_registry as command
    from enerwise.serve.commands.forecast import Asked, listed

    asked = Asked(
        target=target,
        known=known or "",
        freq=freq,
        issue=issue,
        horizon=horizon,
        model=model,
        kind=kind,
        zone=zone,
        country=country,
        where=tuple(where or ()),
        time=time,
        accepts=accept,
        pool=pool,
        without=listed(without),
    )
    command.train(data, asked, command.Place(registry, series), name)


@forecast.command()
@told
def promote(
    series: Series,
    model: Annotated[str, typer.Argument(help="The challenger.", metavar="MODEL")],
    registry: RegistryFolder = Path("forecasts"),
    because: Annotated[str, typer.Option("--because", help="Promote without evidence, for this reason.")] = "",
) -> None:
    """Let a challenger serve if it was better than the champion on the same days, and not by chance.

    [bold]Example[/bold]

    enerwise forecast promote load_kwh 2024-07-01-auto
    """
    from enerwise.serve.commands import forecast_registry as command

    command.promote(command.Place(registry), series, model, because)


@forecast.command()
@told
def report(
    series: Series,
    registry: RegistryFolder = Path("forecasts"),
    data: Annotated[
        Path | None, typer.Option("--data", help="Newer data: how good was yesterday, does it drift?", metavar="FILE")
    ] = None,
    json: Json = None,
) -> None:
    """Tell which models are kept, which serves, and how good its last forecasts were.

    [bold]Example[/bold]

    enerwise forecast report load_kwh --data load.csv
    """
    from enerwise.serve.commands import forecast_registry as command

    command.report(command.Place(registry), series, data, json)


@forecast.command()
@told
def retrain(
    series: Series,
    data: Annotated[Path, typer.Option("--data", help="Newer data of the series.", metavar="FILE")],
    registry: RegistryFolder = Path("forecasts"),
) -> None:
    """Train what serves anew on newer data; it serves where it was better than the champion, and not by chance.

    [bold]Example[/bold]

    enerwise forecast retrain load_kwh --data newer.csv
    """
    from enerwise.serve.commands import forecast_registry as command

    command.retrain(command.Place(registry), series, data)


@forecast.command()
@told
def export(
    series: Series,
    data: Annotated[Path, typer.Option("--data", help="The series; graph and member are compared on it.")],
    out: Annotated[Path, typer.Option("--out", help="Write the graph here (.onnx).")],
    member: Annotated[str, typer.Option("--member", help="ridge or trees.")] = "ridge",
    registry: RegistryFolder = Path("forecasts"),
) -> None:
    """Write a member of what serves as an ONNX graph, which needs no learning library.

    [bold]Example[/bold]

    enerwise forecast export load_kwh --data load.csv --member trees --out trees.onnx
    """
    from enerwise.serve.commands import forecast_export as command
    from enerwise.serve.commands.forecast_registry import Place

    command.export(Place(registry), series, member, data, out)
