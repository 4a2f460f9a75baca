"""Builders of what the guard is shown, with good defaults: a sunny noon and a half-full battery, all fresh."""

import math
from typing import Any

from enerwise.core.intent import Priority
from enerwise.core.time import Instant
from enerwise.guard.envelope import Controlled, Envelope, envelope
from enerwise.guard.guard import Guard
from enerwise.guard.judge import Wish
from enerwise.guard.lifecycle import Signal
from enerwise.guard.observed import Observed, Seen
from enerwise.site.site import Site
from tests.builders import NOON, a_site

KEY = b"a key for tests only"


def an_observed(
    *,
    energy_wh: float = 6750.0,
    temperature_degc: float | None = None,
    available_w: float = -3000.0,
    others_w: float = 500.0,
    age_s: float = 0.0,
    others_age_s: float = 0.0,
    others_spread_w: float = 0.0,
    hold_s: float = 900.0,
    **more: Seen,
) -> Observed:
    """What a site named like Lindenweg 8 shows; further assets by id."""
    assets = {
        "battery": Seen(energy_wh, temperature_degc, age_s=age_s),
        "roof": Seen(available_w=available_w, age_s=age_s),
        **more,
    }
    return Observed(hold_s, assets, others_w, others_age_s, others_spread_w)


def an_envelope(
    site: Site | None = None,
    observed: Observed | None = None,
    *,
    now: Instant = NOON,
    stale_after_s: float = 5.0,
    **state: Any,
) -> Envelope:
    """The envelope of Lindenweg 8 at noon."""
    controlled = Controlled.of(site or a_site())
    return envelope(controlled, observed or an_observed(), now, stale_after_s=stale_after_s, **state)


def a_wish(asset: str = "battery", value: float = 1000.0, *, priority: int = Priority.MODE, **facts: Any) -> Wish:
    """A wish to charge with a kilowatt."""
    return Wish(asset, value, priority, **facts)


def a_guard(site: Site | None = None, *, is_running: bool = True, **facts: Any) -> Guard:
    """A guard that runs."""
    guard = Guard(site or a_site(), KEY, **facts)
    for signal in (Signal.SELF_TEST_PASSED, Signal.START) if is_running else ():
        guard.signal(signal)
    return guard


UNKNOWN = math.nan
