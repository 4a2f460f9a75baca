"""`enerwise why TIME`: from what a machine did back to the meters, in plain words."""

from pathlib import Path
from typing import Any

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.event import Event
from enerwise.core.time import show_local
from enerwise.serve import asked
from enerwise.serve.chain import asset_of, find, moment
from enerwise.serve.console import out
from enerwise.serve.explain import Story, tell
from enerwise.serve.files import stamp, write_json
from enerwise.serve.sites import recall
from enerwise.serve.stores import open_store
from enerwise.serve.words import LANGUAGES, sentence
from enerwise.site.assets import Battery
from enerwise.site.site import Site


def why(time: str, store_path: Path | None, asset: str | None, language: str, json: Path | None) -> None:
    """Explain what an asset was doing at a time."""
    if language not in LANGUAGES:
        raise asked.wrong("--lang", language, f"use {' or '.join(LANGUAGES)}")
    asked.target("--json", json)
    path = store_path or newest_store(Path())
    store = open_store(path, read_only=True)
    try:
        site = recall(store)
        if site is None:
            raise ProblemsFound(
                "why", [Problem(str(path), "holds no site file", "fill it with `enerwise run` or `enerwise backtest`")]
            )
        chosen = asset_of(store, asset, tuple(each.id for each in site.of_kind(Battery)))
        chain = find(store, moment(store, time, chosen, site.timezone), chosen, site.timezone)
        story = tell(store, chain, site, language)
    finally:
        store.close()
    if json is not None:
        write_json(json, story_json(story, site, path))
    if json is None or str(json) != "-":
        show(story, language)


def newest_store(folder: Path) -> Path:
    """Return the store of a folder, or of its demo, that was written to last.

    Raises:
        ProblemsFound: There is none.
    """
    from enerwise.serve.commands.demo import FOLDER

    found = [
        each
        for place in (folder, folder / FOLDER, (folder / FOLDER).parent)
        for each in place.glob("*.db")
        if each.is_file()
    ]
    if not found:
        remedy = "name one with --store; `enerwise backtest` and `enerwise run` leave one"
        raise ProblemsFound("why", [Problem(str(folder.resolve()), "holds no store (*.db)", remedy)])
    return max(found, key=lambda each: each.stat().st_mtime)


def show(story: Story, language: str) -> None:
    """Print a story: headings at the left, the answer first."""
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(max_width=96)
    before = ""
    for line in story.lines:
        heading = "" if line.head == before else sentence(f"head.{line.head}", {}, language)
        grid.add_row(heading, Text(line.text))
        before = line.head
    out().print(grid)


def story_json(story: Story, site: Site, path: Path) -> dict[str, Any]:
    """Return a story as data: its sentences, and the events from the device back to the meters."""
    chain = story.chain
    return {
        "site": site.name,
        "store": path,
        "asset": chain.asset,
        "time_utc": stamp(chain.at),
        "time_local": show_local(chain.at, site.timezone),
        "timezone": site.timezone,
        "story": [
            {"about": each.head, "key": each.key, "text": each.text, "facts": each.facts} for each in story.lines
        ],
        "chain": [_event(each) for each in chain.events],
    }


def _event(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "at_utc": stamp(event.at),
        "kind": event.kind.value,
        "subject": event.subject,
        "payload": event.payload,
        "cause": event.cause,
    }
