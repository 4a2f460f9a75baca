"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

SiteFile = Annotated[
    Path, typer.Argument(help="Site file, as `enerwise init` writes it.", metavar="SITE", show_default=False)
]
Json = Annotated[
    Path | None, typer.Option("--json", help="Write all numbers here; - is the standard output.", metavar="FILE")
]
Csv = Annotated[
    Path | None, typer.Option("--csv", help="Write the time series here (.csv or .parquet).", metavar="FILE")
]
Plot = Annotated[Path | None, typer.Option("--plot", help="Draw the picture here (.svg).", metavar="FILE")]
FirstDay = Annotated[str | None, typer.Option("--from", help="First billed day.", metavar="DATE")]
