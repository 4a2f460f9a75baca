"""`enerwise stop|reset|start|health SITE`: what people say to the door of a running site, and what it answers."""

import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.serve.console import out, say
from enerwise.serve.control import command_door
from enerwise.serve.files import write_json
from enerwise.serve.sites import run_folder
from enerwise.serve.tables import table

START_S: Final = 5.0
"""How long the devices may take to confirm that they are armed."""
LOOK_S: Final = 0.1


def stop(path: Path, cause: str, who: str, *, is_test: bool) -> None:
    """Press stop, and say what came of it; a stop that a device did not confirm ends with an error."""
    answer = ask(path, {"do": "test"} if is_test else {"do": "stop", "cause": cause, "who": who})
    if "why" in answer:
        raise ProblemsFound("test stop", [Problem("door", str(answer["why"]), "bring the machines to rest first")])
    what = "Test stop" if answer["test"] else "Stopped"
    acked = ", ".join(f"{asset} after {took_ms:.1f} ms" for asset, took_ms in answer["acked_ms"].items())
    say(f"{what}: {acked or 'there is nothing to be moved'}. The door is {answer['state']}.")
    if answer["missing"]:
        names = ", ".join(answer["missing"])
        remedy = "use the switch on the machine itself; its own watchdog acts when it hears nothing"
        raise ProblemsFound(what.lower(), [Problem(names, "did not confirm within a second", remedy)])


def reset(path: Path, who: str, cause: str | None, subject: str | None) -> None:
    """Reset what is latched, with its cause acknowledged."""
    if cause is None:
        cause = _acknowledged(ask(path, {"do": "state"}), subject)
    answer = ask(path, {"do": "reset", "who": who, "cause": cause, "subject": subject})
    if not answer["ok"]:
        raise ProblemsFound(
            "reset", [Problem("door", f"refused: {answer['why']}", "look at the cause, then try again")]
        )
    say(f"Reset; the door is {answer['state']}. Start with: enerwise start {path}")


def _acknowledged(told: Mapping[str, Any], subject: str | None) -> str:
    """Show what is latched, and let a person say that he or she has looked."""
    causes = [each["cause"] for each in told["trips"] if each["subject"] == subject] if subject else [told["why"]]
    if told["state"] not in ("stopped", "error") and not causes:
        raise ProblemsFound(
            "reset", [Problem("door", f"is {told['state']}: nothing is latched", "nothing needs a reset")]
        )
    cause = causes[0] if causes else ""
    say(f"Cause: {cause}")
    if not sys.stdin.isatty():
        remedy = f"read the cause above, and write --cause {json.dumps(cause)}"
        raise ProblemsFound("reset", [Problem("--cause", "is missing, and nobody can be asked", remedy)])
    answer = input("Have you looked at it, and is it gone? (yes/no) ")
    if answer.strip().lower() not in ("y", "yes"):
        raise ProblemsFound("reset", [Problem("cause", "is not acknowledged", "look at it first")])
    return str(cause)


def start(path: Path, who: str) -> None:
    """Start a site that rests, or tell everything that speaks against it."""
    before = ask(path, {"do": "state"})
    if before["state"] == "running":
        say("The door is running already.")
        return
    ask(path, {"do": "start", "who": who})
    told = _after_start(path)
    if told["state"] != "running":
        problems = [Problem("start", each) for each in told["refusals"] or ["the devices did not confirm in time"]]
        raise ProblemsFound("the door does not start", problems)
    say("The door is running.")


def _after_start(path: Path) -> Mapping[str, Any]:
    told: Mapping[str, Any] = {}
    for _ in range(round(START_S / LOOK_S)):
        time.sleep(LOOK_S)
        told = ask(path, {"do": "state"})
        if told["state"] == "running":
            break
    return told


def health(path: Path, json_path: Path | None) -> None:
    """Say how the door stands."""
    told = ask(path, {"do": "state"})
    if json_path is not None:
        write_json(json_path, told)
    say(f"Door: {told['state']}" + (f" ({told['why']})" if told["why"] else ""))
    health = told["health"]
    if health["claims_fast_stop"]:
        say("Stops: real-time priority and locked memory are granted.")
    else:
        say("Stops: no fast stop is claimed. " + "; ".join(health["remarks"]))
    out().print(_devices(told["units"]))
    for name, share in health["bands"].items():
        known_s = share["below_s"] + share["inside_s"] + share["above_s"]
        if known_s:
            say(f"In band: {name} {share['inside_s'] / known_s:.1%} of {known_s:.0f} s")
    for trip in told["trips"]:
        say(f"Tripped: {trip['subject']}: {trip['cause']}" + (" (active)" if trip["active"] else ""))
    for each in told["findings"]:
        say(f"{each['tier'].capitalize()}: {each['subject']}: {each['id']}")
    if abs(health["clock_shift_s"]) > 1.0:
        say(f"The wall clock has moved by {health['clock_shift_s']:.0f} s since the start; restart when convenient.")


def _devices(units: list[Mapping[str, Any]]) -> object:
    made = table("Devices", "Device", "Answers", "Own watchdog", "Told", "Lost", "Trouble", left=6, wraps=True)
    for each in units:
        watchdog = "-" if each["comms_loss_s"] is None else f"{each['comms_loss_s']:g} s"
        told = ", ".join(f"{asset} {value_w:.0f} W" for asset, value_w in each["told"].items()) or "-"
        trouble = "; ".join(each["problems"]) or "-"
        made.add_row(each["id"], "yes" if each["fresh"] else "no", watchdog, told, str(each["lost_count"]), trouble)
    return made


def ask(path: Path, command: Mapping[str, Any]) -> dict[str, Any]:
    """Send a command to the door of a site.

    Raises:
        ProblemsFound: The site does not run here, or its door does not answer.
    """
    where = run_folder(path) / "door.sock"
    try:
        return command_door(where, command)
    except (OSError, ValueError) as error:
        message = f"no door answers at {where}: {error}"
        remedy = f"start the site first: enerwise run {path}"
        raise ProblemsFound(str(path), [Problem("door", message, remedy)]) from None
