"""`enerwise commission SITE`: walk an installer through the checklist, and write a signed report."""

import sys
from pathlib import Path

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.time import LiveClock
from enerwise.serve.audits import Audit
from enerwise.serve.box import Box, Options
from enerwise.serve.commissioning.report import FAILED, check_report, write_report
from enerwise.serve.commissioning.walk import Walk
from enerwise.serve.console import out, say
from enerwise.serve.sites import read_site_file, run_folder
from enerwise.serve.tables import table

WARNING = (
    "This moves the machines of the site: batteries charge and discharge with a tenth of their power, are stopped, and "
    "lose their connection once. Stand beside them, with their own switch within reach."
)


def commission(path: Path, who: str, report: Path | None, *, is_sure: bool) -> None:
    """Take every step, tell what came of it, and write it down."""
    site, folder = read_site_file(path), run_folder(path)
    if not site.devices:
        remedy = "add 'devices:' to the site file; twins need no commissioning"
        raise ProblemsFound(str(path), [Problem("devices", "there are none", remedy)])
    _ask(is_sure)
    audit = Audit(folder / "audit")
    steps = []
    try:
        box = Box(site, Options(folder), audit=audit.take)
        for step in Walk(box, who, say).steps():
            say(f"  {step.outcome}: {step.words}")
            steps.append(step)
    finally:
        audit.close()
    where = report or path.with_suffix(".commissioning.json")
    facts = {"site": site.name, "who": who, "at": f"{LiveClock().now()}Z"}
    signature = write_report(where, folder, facts, steps)
    made = table(f"{site.name}, commissioned by {who}", "Step", "Outcome", "What was seen", left=3, wraps=True)
    for step in steps:
        made.add_row(step.name, step.outcome, step.words)
    out().print(made)
    say(f"Report: {where}, signature {signature[:16]}...")
    failed = [
        Problem(each.name, each.words, "put it right, and commission again") for each in steps if each.outcome == FAILED
    ]
    if failed:
        raise ProblemsFound("commissioning", failed)


def verify(path: Path, report: Path) -> None:
    """Check the signature of a report."""
    body = check_report(report, run_folder(path))
    say(f"The report of {body['at']} by {body['who']} on {body['site']} is as it was written.")


def _ask(is_sure: bool) -> None:
    say(WARNING)
    if is_sure:
        return
    if not sys.stdin.isatty():
        raise ProblemsFound("commissioning", [Problem("--yes", "is missing, and nobody can be asked", "write --yes")])
    if input("Go on? (yes/no) ").strip().lower() not in ("y", "yes"):
        raise ProblemsFound("commissioning", [Problem("answer", "nobody said yes", "nothing was moved")])
