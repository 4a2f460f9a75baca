"""`enerwise backup SITE` and `enerwise restore SITE BACKUP`."""

from contextlib import suppress
from pathlib import Path
from typing import Final

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.time import LiveClock
from enerwise.serve.backup import NOT_INCLUDED, Places, apply_staged, stage, write_backup
from enerwise.serve.console import say
from enerwise.serve.control import command_door
from enerwise.serve.sites import read_site_file, run_folder

SOCKETS: Final = ("door.sock", "site.sock")


def places_of(site: Path, store: Path | None) -> Places:
    """Return where the parts of a site lie."""
    return Places(site, store or site.with_suffix(".db"), run_folder(site))


def backup(site: Path, out: Path, store: Path | None, *, with_accounts: bool) -> None:
    """Write a backup."""
    places, part = places_of(site, store), out.with_name(f".{out.name}.part")
    if not places.store.is_file():
        remedy = "run the site first, or name its store with --store"
        raise ProblemsFound("--store", [Problem(str(places.store), "there is no such file", remedy)])
    try:
        with part.open("wb") as file:
            part.chmod(0o600)
            manifest = write_backup(places, file, LiveClock().now(), with_accounts=with_accounts)
        part.replace(out)
    except OSError as error:
        problem = Problem(str(out), f"cannot be written: {error.strerror or error}", "choose another place")
        raise ProblemsFound("--out", [problem]) from None
    finally:
        part.unlink(missing_ok=True)
    say(f"Written: {out}, {len(manifest['files'])} files of {manifest['site']}.")
    if with_accounts:
        say(NOT_INCLUDED)


def restore(site: Path, file: Path, store: Path | None, *, with_accounts: bool, takes_any: bool) -> None:
    """Verify a backup; apply it where nothing runs, else leave it for the next start."""
    places = places_of(site, store)
    site_id = read_site_file(site).id if site.is_file() and not takes_any else None
    if not file.is_file():
        raise ProblemsFound("BACKUP", [Problem(str(file), "there is no such file", "check the path")])
    try:
        manifest = stage(file, places, site_id=site_id, with_accounts=with_accounts)
        if is_running(places.folder):
            say(f"Verified: {manifest['site']}, made at {manifest['made_at']}.")
            say("The site runs; it takes this over when you stop it and start it again.")
            return
        before = apply_staged(places, LiveClock().now())
    except OSError as error:
        problem = Problem(
            str(places.folder), f"cannot be written: {error.strerror or error}", "free space, check rights"
        )
        raise ProblemsFound("restore", [problem]) from None
    say(f"Restored: {manifest['site']} as it was at {manifest['made_at']}.")
    say(f"What was there before lies in {before}.")


def is_running(folder: Path) -> bool:
    """Tell whether a site runs in a folder: somebody answers at one of its sockets."""
    for name in SOCKETS:
        with suppress(OSError, ValueError):
            command_door(folder / name, {"do": "state"}, patience_s=1.0)
            return True
    return False
