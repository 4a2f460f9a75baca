"""Events of demand response as people write them for a simulation, heard by the world as the moment comes."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.agents.curtailment import Curtailment
from enerwise.core.errors import UnitError
from enerwise.core.time import Instant, instant
from enerwise.core.units import Dimension, parse
from enerwise.run.jobs import PLANNING
from enerwise.run.world import World
from enerwise.serve.asked import wrong
from enerwise.site.site import Site

FORM: Final = re.compile(
    r"(?P<limit>\d.*?) from (?P<day>\d{4}-\d\d-\d\d) (?P<since>\d\d:\d\d) to (?P<until>\d\d:\d\d)"
    r"( told (?P<told>\d\d:\d\d))?"
)
EXAMPLE: Final = "13.5 kW from 2024-06-04 15:00 to 16:00 told 13:00"
WHO: Final = "network operator"


@dataclass(frozen=True, slots=True)
class Call:
    """What is asked, and when the site hears of it."""

    told_at: Instant
    asked: Curtailment


def call_of(text: str, site: Site) -> Call:
    """Read an event; times are local, and it is heard of as it begins unless something earlier is told.

    Raises:
        ProblemsFound: It cannot be read, or does not end after it begins.
    """
    found = FORM.fullmatch(text.strip())
    if found is None:
        raise wrong("--curtail", text, f"write such as '{EXAMPLE}'")
    zone, day = site.timezone, found["day"]
    try:
        limit_w = parse(found["limit"], Dimension.POWER)
        since, until, told_at = (
            instant(f"{day}T{found[each] or found['since']}", zone) for each in ("since", "until", "told")
        )
        asked = Curtailment(f"{day} {found['since']}", limit_w, since, until, WHO)
    except (UnitError, ValueError) as error:
        raise wrong("--curtail", text, f"{error}: write such as '{EXAMPLE}'") from None
    return Call(min(told_at, since), asked)


def hear(world: World, calls: Iterable[Call], now: Instant) -> None:
    """Tell a world what it hears of before its next turn, and have it plan anew."""
    until = now + np.timedelta64(world.turn_s * 1000, "ms")
    for each in calls:
        if now < each.told_at <= until:
            world.curtailments = world.curtailments.with_one(each.asked, until)
            world.curtailments.keep(world.store, now)
            world.asked_jobs.add(PLANNING)
