"""Commands in a group: `enerwise models ...`."""

from pathlib import Path
from typing import Annotated

import typer

from enerwise.serve.cli_options import Json, SiteFile
from enerwise.serve.told import told

models = typer.Typer(
    name="models",
    help="What devices are really like: how they respond, what was identified of them, which of it plans use.",
    no_args_is_help=True,
)
StoreFile = Annotated[
    Path | None, typer.Option("--store", help="What was measured; SITE.db if left out.", metavar="FILE")
]
Registry = Annotated[
    Path | None, typer.Option("--registry", help="Folder of models; SITE.run/models if left out.", metavar="DIR")
]
At = Annotated[
    str | None,
    typer.Option("--at", help="Nothing later is seen; the last turn of the store if left out.", metavar="TIME"),
]


@models.command()
@told
def response(
    site: SiteFile,
    store: StoreFile = None,
    at: At = None,
    days: Annotated[int, typer.Option("--days", help="How far back is looked.", min=1, max=60)] = 3,
    json: Json = None,
) -> None:
    """Tell of every device what it made of what it was told: share, bias, spread, delay, and since when too little.

    [bold]Example[/bold]

    enerwise models response home.yaml --days 7
    """
    from enerwise.serve.commands import models as command

    command.response(command.place(site, store, None), at, days, json)


@models.command()
@told
def identify(
    site: SiteFile, store: StoreFile = None, registry: Registry = None, at: At = None, json: Json = None
) -> None:
    """Identify every device from what was measured; what is better on days it has not seen serves plans from then on.

    [bold]Example[/bold]

    enerwise models identify home.yaml
    """
    from enerwise.serve.commands import models as command

    command.identify(command.place(site, store, registry), at, json)


@models.command()
@told
def report(site: SiteFile, registry: Registry = None, json: Json = None) -> None:
    """Tell which models are kept of every device, which serves plans, and how far each was off.

    [bold]Example[/bold]

    enerwise models report home.yaml
    """
    from enerwise.serve.commands import models as command

    command.report(command.place(site, None, registry), json)


@models.command()
@told
def promote(
    site: SiteFile,
    series: Annotated[str, typer.Argument(help="Device and way, such as battery.battery.", metavar="SERIES")],
    model: Annotated[str, typer.Argument(help="A model that is kept.", metavar="MODEL")],
    because: Annotated[str, typer.Option("--because", help="Your reason; it is kept with the decision.")],
    registry: Registry = None,
) -> None:
    """Let a model serve plans for a reason of your own, such as going back to what the site file declares.

    [bold]Example[/bold]

    enerwise models promote home.yaml battery.battery declared-4a2d5e41 --because "new battery since Monday"
    """
    from enerwise.serve.commands import models as command

    command.promote(command.place(site, None, registry), series, model, because)
