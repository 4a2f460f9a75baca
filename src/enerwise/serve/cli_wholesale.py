"""`enerwise market bid` and `enerwise market settle`: the wholesale side of the group."""

from pathlib import Path
from typing import Annotated

import typer

from enerwise.serve.cli_market import market
from enerwise.serve.told import told

__all__ = ["market"]

Prices = Annotated[
    Path,
    typer.Option("--prices", help="Published day-ahead prices: start_utc, price_eur_per_kwh or _mwh.", metavar="FILE"),
]
Zone = Annotated[
    str, typer.Option("--zone", help="Time zone of the auction; `site` takes that of the site.", metavar="ZONE")
]
Clock = Annotated[str, typer.Option("--clock", help="24h where the file has 24 rows on every local day.")]
Time = Annotated[str | None, typer.Option("--time", help="Name of the time column, where it is another.")]
Price = Annotated[str | None, typer.Option("--price", help="Name of the price column, where it is another.")]
Unit = Annotated[str | None, typer.Option("--unit", help="Its unit, such as EUR/MWh.")]
Json = Annotated[
    Path | None, typer.Option("--json", help="Write it all here as JSON; - is the standard output.", metavar="FILE")
]
Plot = Annotated[Path | None, typer.Option("--plot", help="Draw a picture here (.svg).", metavar="FILE")]


@market.command()
@told
def bid(
    battery: Annotated[
        str,
        typer.Argument(
            help="Site file, or a battery such as '10 kWh / 5 kW / 90 %' (capacity, power, round trip).",
            metavar="SITE_OR_BATTERY",
            show_default=False,
        ),
    ],
    prices: Prices,
    day: Annotated[str, typer.Option("--day", help="Day of delivery; prices from it on are not looked at.")],
    alpha: Annotated[float, typer.Option("--alpha", help="Risk is the mean of the worst 1 - alpha of days.")] = 0.95,
    risk: Annotated[float, typer.Option("--risk", help="Weight of those days: 0 the mean alone, 1 only they.")] = 0.0,
    steps: Annotated[int, typer.Option("--steps", help="Steps that a curve may have.")] = 5,
    paths: Annotated[int, typer.Option("--paths", help="Paths of prices, one for each of the latest days.")] = 250,
    start: Annotated[
        str | None, typer.Option("--start", help="Level at the beginning: 5 kWh, battery=30%; left out half full.")
    ] = None,
    end: Annotated[str | None, typer.Option("--end", help="Least level at the end; left out none.")] = None,
    refill: Annotated[
        str | None,
        typer.Option("--refill", help="What a kWh left over would cost to buy again; left out, as cheap hours do."),
    ] = None,
    margin: Annotated[
        str, typer.Option("--margin", help="What PV beyond what was sold is expected to lose either way.")
    ] = "2 ct/kWh",
    only_paths: Annotated[
        bool,
        typer.Option("--only-paths", help="Be sure to deliver on the paths only, not at any prices whatever."),
    ] = False,
    forecast: Annotated[
        Path | None,
        typer.Option("--forecast", help="A forecast of your own, written as prices are: past days and the day."),
    ] = None,
    pv: Annotated[
        Path | None, typer.Option("--pv", help="What PV delivered in the weeks before: start_utc, pv_w.")
    ] = None,
    zone: Zone = "site",
    clock: Clock = "wall",
    time: Time = None,
    price: Price = None,
    unit: Unit = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write the bids here (.csv or .parquet).")] = None,
    json: Json = None,
    plot: Plot = None,
) -> None:
    """Bid into a day-ahead auction: a falling curve for each slot, from paths of prices, with a limit to bad days.

    [bold]Example[/bold]

    enerwise market bid '10 kWh / 5 kW' --prices prices.csv --day 2017-03-01 --risk 0.3 --out bids.csv
    """
    from enerwise.serve.commands import wholesale_bid as command
    from enerwise.serve.wholesale_files import Files, Form

    wish = command.Wish(day, alpha, risk, steps, paths, start, end, refill, margin, not only_paths)
    sources = command.Sources(prices, Form(zone, clock, time, price, unit), forecast, pv)
    command.run(battery, wish, sources, Files(out, json, plot))


@market.command()
@told
def settle(
    bids: Annotated[
        Path,
        typer.Argument(help="Bids that `enerwise market bid` wrote.", metavar="BIDS", show_default=False),
    ],
    prices: Prices,
    metered: Annotated[
        Path | None,
        typer.Option("--metered", help="What was done: start_utc, energy_wh; left out, what was accepted."),
    ] = None,
    balancing: Annotated[
        Path | None,
        typer.Option("--balancing", help="Balancing prices, written as prices are; left out, the day-ahead price."),
    ] = None,
    single: Annotated[
        bool, typer.Option("--single", help="One balancing price both ways, not the worse of two.")
    ] = False,
    margin: Annotated[
        str, typer.Option("--margin", help="On top of two prices, against whoever deviates.")
    ] = "0 ct/kWh",
    zone: Zone = "UTC",
    clock: Clock = "wall",
    time: Time = None,
    price: Price = None,
    unit: Unit = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write a row for each slot (.csv or .parquet).")] = None,
    json: Json = None,
    plot: Plot = None,
) -> None:
    """Settle bids against published prices: what was accepted, what differs, and who pays what, to the micro-euro.

    [bold]Example[/bold]

    enerwise market settle bids.csv --prices prices.csv --metered meter.csv --balancing balancing.csv
    """
    from enerwise.serve.commands import wholesale_settle as command
    from enerwise.serve.wholesale_files import Files, Form

    facts = command.Facts(prices, Form(zone, clock, time, price, unit), metered, balancing, margin, single)
    command.run(bids, facts, Files(out, json, plot))
