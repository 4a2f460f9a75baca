"""Plans as bytes: what does not change after a plan was made is encoded once, what does is put behind it."""

from collections import OrderedDict
from threading import Lock
from typing import Any, Final

import numpy as np

from enerwise.core.event import Event, Kind
from enerwise.core.time import Instant, to_datetime, zone_info
from enerwise.serve.api.face import Desk
from enerwise.serve.api.wire import to_json
from enerwise.serve.outlooks.made import Made, plans_of
from enerwise.serve.outlooks.past import past
from enerwise.serve.outlooks.per_site import PerSite
from enerwise.serve.outlooks.view import next_at, plan_view
from enerwise.serve.outlooks.why import why_view
from enerwise.serve.words import mode as mode_words
from enerwise.store.store import Store

MOST_KEPT: Final = 64
SEARCHED: Final = 12
"""Newest plans looked through for one that can be shown."""
PLANNING: Final = "planning"
OVERRIDE: Final = "override"


class PlanPages:
    """Encoded plans of one site. Threads may share it."""

    def __init__(self) -> None:
        self._cores: OrderedDict[str, bytes] = OrderedDict()
        self._past: tuple[tuple[int, int, int], bytes] | None = None
        self._lock = Lock()
        self._reasons: OrderedDict[str, bytes] = OrderedDict()
        self._asked = Lock()

    def newest(self, desk: Desk, now: Instant) -> bytes | None:
        """Return the newest plan that can be shown, with what was measured before it; None where there is none.

        Raises:
            StoreError: The store cannot be read.
        """
        plans = plans_of(desk.store, desk.site)
        for event in plans.told(SEARCHED, before=now + np.timedelta64(1, "ms")):
            made = plans.made(event.id)
            if made is not None:
                return self._whole(desk, made, now)
        return None

    def one(self, desk: Desk, plan_id: str) -> bytes | None:
        """Return a plan by its id, None where it is not there.

        Raises:
            StoreError: The store cannot be read.
        """
        made = plans_of(desk.store, desk.site).made(plan_id)
        return None if made is None else self._core(desk, made)

    def why(self, desk: Desk, plan_id: str | None) -> bytes | None:
        """Return the reasons of a plan, of the newest where none is named; None where it is not there.

        One at a time: each is the plan solved some times over.

        Raises:
            StoreError: The store cannot be read.
            PlanError: The solver failed.
        """
        plans = plans_of(desk.store, desk.site)
        ids = [plan_id] if plan_id else [each.id for each in plans.told(SEARCHED)]
        made = next((found for each in ids if (found := plans.made(each)) is not None), None)
        if made is None:
            return None
        with self._asked:
            if made.id not in self._reasons:
                before = _before(desk, made)
                foreseen = () if before is None else plans.foreseen(before.id)
                view = why_view(made, before, forecasts=plans.foreseen(made.id), forecasts_before=foreseen)
                self._reasons[made.id] = to_json(view)
                while len(self._reasons) > MOST_KEPT:
                    self._reasons.popitem(last=False)
            return self._reasons[made.id]

    def _whole(self, desk: Desk, made: Made, now: Instant) -> bytes:
        failure = failed(desk, made.plan.issued_at)
        live = {"next_at": next_at(made, now), "failed": _failed_words(desk, failure), "failure": failure}
        core = self._core(desk, made)
        return core[:-1] + b"," + to_json(live)[1:-1] + b',"past":' + self._past_of(desk, made, now) + b"}"

    def _core(self, desk: Desk, made: Made) -> bytes:
        with self._lock:
            if made.id in self._cores:
                self._cores.move_to_end(made.id)
                return self._cores[made.id]
        plans = plans_of(desk.store, desk.site)
        before = _before(desk, made)
        asked = overrides(desk.store, before.plan.issued_at, made.plan.issued_at) if before else []
        core = to_json(plan_view(made, plans.foreseen(made.id), before=before, overrides=asked))
        with self._lock:
            self._cores[made.id] = core
            while len(self._cores) > MOST_KEPT:
                self._cores.popitem(last=False)
        return core

    def _past_of(self, desk: Desk, made: Made, now: Instant) -> bytes:
        """Return what was measured; it changes when a step ends."""
        step_s, start = made.grid.step_s, int(made.grid.start_utc.astype("datetime64[s]").astype(np.int64))
        passed_s = int(now.astype("datetime64[s]").astype(np.int64)) - start
        key = (step_s, start % step_s, start // step_s + passed_s // step_s)
        with self._lock:
            if self._past is not None and self._past[0] == key:
                return self._past[1]
        # The readings of a step come a moment after its end: until then nothing is kept.
        is_settled = passed_s % step_s >= min(90, step_s // 2)
        found = to_json(past(desk.store, desk.site, plans_of(desk.store, desk.site), made.grid, now).as_data())
        if is_settled:
            with self._lock:
                self._past = (key, found)
        return found


def _before(desk: Desk, made: Made) -> Made | None:
    """Return the plan before; None where it is not kept."""
    plans = plans_of(desk.store, desk.site)
    earlier = plans.told(1, before=made.plan.issued_at)
    return plans.made(earlier[0].id) if earlier else None


def failed(desk: Desk, since: Instant) -> dict[str, Any] | None:
    """Return how planning failed last, and which mode runs now; None where it has not failed since."""
    faults = desk.store.events(kind=Kind.FAULT, subject=PLANNING, start_utc=since, limit=1)
    if not faults:
        return None
    return {"at": faults[-1].at, "why": str(faults[-1].payload.get("error", "")), "mode": mode_in_force(desk)}


def mode_in_force(desk: Desk) -> str:
    """Return the mode that the last event of its kind tells; empty where nobody has told."""
    modes = desk.store.events(kind=Kind.MODE, subject=desk.site.id, limit=1)
    return str(modes[-1].payload.get("mode", "")) if modes else ""


def _failed_words(desk: Desk, failure: dict[str, Any] | None) -> str | None:
    if failure is None:
        return None
    at = to_datetime(failure["at"]).astimezone(zone_info(desk.site.timezone))
    runs = f"; {mode_words(failure['mode'])} runs now" if failure["mode"] else ""
    return f"planning failed at {at:%H:%M}: {failure['why']}{runs}"


def overrides(store: Store, since: Instant, until: Instant) -> list[Event]:
    """Return what people asked for in a span, as the site noted it."""
    notes = store.events(kind=Kind.NOTE, start_utc=since, end_utc=until, limit=50)
    return [each for each in notes if each.payload.get("do") == OVERRIDE]


_pages: Final = PerSite(lambda store, site: PlanPages())


def pages_of(desk: Desk) -> PlanPages:
    """Return the encoded plans of a desk: one object for as long as its store is open."""
    return _pages(desk.store, desk.site)
