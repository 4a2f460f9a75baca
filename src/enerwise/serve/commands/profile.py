"""`enerwise profile DATA`: what a measured load tells of a building, as sentences, tables, picture and data."""

from pathlib import Path

from enerwise.serve import asked
from enerwise.serve.console import out, say
from enerwise.serve.files import STDOUT, write_csv, write_json, write_text
from enerwise.serve.load_look import Asked, look_over
from enerwise.serve.load_words import as_data, columns, overview, tables
from enerwise.serve.plot.load import load_svg
from enerwise.serve.sites import read_site_file


def profile(path: Path, wish: Asked, site: Path | None, json: Path | None, csv: Path | None, plot: Path | None) -> None:
    """Look a file over, and show and write what is seen."""
    asked.target("--json", json)
    asked.target("--csv", csv, (".csv", ".parquet"))
    asked.target("--plot", plot, (".svg",))
    made = look_over(path, wish, None if site is None else read_site_file(site))
    lines = overview(made)
    if json is not None:
        write_json(json, as_data(made))
    if csv is not None:
        write_csv(csv, columns(made))
    if plot is not None:
        write_text(plot, load_svg(made, title=f"{path.name}: {wish.target}", lead=lines[0]))
    if json == STDOUT:
        return
    for line in lines:
        say(line)
    for each in tables(made):
        out().print(each)
    for line in (*made.notes, *map(str, made.findings)):
        say(f"- {line}")
    for written in (json, csv, plot):
        if written is not None:
            say(f"Written: {written}")
