"""One turn of the loop: look once, think purely, act through the door.

Intent is stored before act, and the store may fail: a full disk costs history, never control.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.agents.agent import Agent, View
from enerwise.agents.arbiter import Arbitration, arbitrate
from enerwise.agents.manager import ModeFacts, choose
from enerwise.agents.modes import Passive
from enerwise.agents.trader import Commitment
from enerwise.agents.trader_keep import Keeper
from enerwise.core.intent import Proposal, Reason
from enerwise.core.quantity import PRICE_EXPORT_EUR_PER_KWH, PRICE_IMPORT_EUR_PER_KWH
from enerwise.core.series import Frame, Key, Quality, Reading
from enerwise.core.time import Instant, TimeGrid
from enerwise.devices.port import Receipt
from enerwise.guard import Envelope, Outcome, Verdict, observe
from enerwise.guard.observed import uncontrolled_w
from enerwise.run.control_box import heed
from enerwise.run.leases import AWAY
from enerwise.run.recorder import Recorder
from enerwise.run.trades import METER, commitments, counted_wh
from enerwise.run.world import MARKET, OWNER, World
from enerwise.site.site import GRID
from enerwise.site.validate import Refused, validate

ONE_S: Final = np.timedelta64(1000, "ms")


@dataclass(frozen=True, slots=True)
class Turn:
    """What one turn did."""

    now: Instant
    verdicts: tuple[Verdict, ...]
    receipts: tuple[Receipt, ...]


async def turn(world: World, *, think: Callable[[World, Instant], None] | None = None) -> Turn:
    """Run one cycle.

    Args:
        world: Whose turn it is.
        think: Jobs that are due. On a virtual clock thought takes no time, so they run between what has been measured
            and what is decided from it; a live world runs them beside its turns.
    """
    now = world.clock.now()
    record = Recorder(world, now)
    readings = await world.devices.read(now)
    frames, refused = validate(readings.measured, world.site, now)
    for frame in frames:
        world.store.append(frame)
    live, age_s, doubted = _picture(readings.live, world, now)
    live |= _prices(world, now)
    heed(world, live, now)
    world.seen_id = record.measured(frames, live, (*refused, *doubted))
    if think is not None:
        world.store.note(record.news())
        world.store.flush(wait_s=0.2)
        think(world, now)
    asked = world.curtailments.tightest(now, world.hold_s)
    world.guard.import_limit_w = math.inf if asked is None else asked.limit_w
    observed = observe(world.site, live, age_s, hold_s=world.hold_s)
    _set_mode(world, record, is_known=math.isfinite(uncontrolled_w(world.site, live)))
    view = _view(world, live, now, envelope=world.guard.envelope(observed, now))
    agents = _speakers(world, view, _committed(world, frames, live, now))
    arbitration = _decided(agents, view, world, record)
    verdicts = world.guard.judge(arbitration.wishes, observed, now)
    # What was moved once is told to rest.
    world.moved |= {each.asset for each in verdicts if each.wish is not None}
    moved = [each for each in verdicts if _is_told(world, view.envelope, each)]
    permits = world.guard.permits(moved, now, valid_s=world.hold_s)
    record.verdicts(verdicts, permits)
    world.store.note(record.news())
    world.store.flush(wait_s=0.2)
    world.leases = world.leases.judged(verdicts, now)
    receipts = await world.devices.apply(permits, now)
    record.receipts(receipts)
    world.store.note(record.news())
    world.turn_count += 1
    return Turn(now, verdicts, receipts)


def _is_told(world: World, envelope: Envelope, verdict: Verdict) -> bool:
    """Tell whether a device is told of a verdict.

    What nobody has ever wished for is left to itself, and so is a machine that minds itself while nobody wishes: its
    last permit ends. Where it must not do what it would by itself, it is told.
    """
    allowed = envelope.assets.get(verdict.asset)
    if allowed is not None and allowed.minds_itself:
        return verdict.wish is not None or verdict.outcome is not Outcome.GRANTED or not allowed.may_move
    return verdict.asset in world.moved


def _picture(
    live: Sequence[Reading], world: World, now: Instant
) -> tuple[dict[Key, float], dict[Key, float], tuple[Refused, ...]]:
    """Return the values of now that can be believed, the age of each in seconds, and what was refused.

    A device that repeats its last words repeats their time as well: what is too old is as good as not said.
    """
    ages_s = [_age_s(each, now) for each in live]
    fresh = [each for each, age_s in zip(live, ages_s, strict=True) if not age_s > world.stale_after_s]
    frames, doubted = validate(fresh, world.site, now)
    old = tuple(
        Refused(each, Reason("too_old", {"age_s": age_s, "allowed_s": world.stale_after_s}))
        for each, age_s in zip(live, ages_s, strict=True)
        if age_s > world.stale_after_s
    )
    values: dict[Key, float] = {}
    age_s: dict[Key, float] = {}
    for frame in frames:
        frame_age_s = max(0.0, float((now - frame.known_at[-1]) / ONE_S))
        for key, value, quality in zip(frame.keys, frame.value[-1].tolist(), frame.quality[-1].tolist(), strict=True):
            if quality < Quality.MISSING and not frame_age_s > age_s.get(key, math.inf):
                values[key], age_s[key] = value, frame_age_s
    return values, age_s, (*old, *doubted)


def _age_s(reading: Reading, now: Instant) -> float:
    """Return how long ago a reading became known; NaN where it does not say."""
    return float((now - reading.known_at) / ONE_S)


def _prices(world: World, now: Instant) -> dict[Key, float]:
    """Return what energy costs now: a reason without a price convinces nobody."""
    step_s = world.prices.step_s
    start_s = int(now.astype("datetime64[s]").astype(np.int64)) // step_s * step_s
    grid = TimeGrid(np.datetime64(start_s * 1000, "ms"), step_s, 1)
    return {
        Key(GRID, PRICE_IMPORT_EUR_PER_KWH): float(world.prices.import_eur_per_kwh(grid, now)[0]),
        Key(GRID, PRICE_EXPORT_EUR_PER_KWH): float(world.prices.export_eur_per_kwh(grid, now)[0]),
    }


def _set_mode(world: World, record: Recorder, *, is_known: bool) -> None:
    facts = ModeFacts(record.now, is_site_known=is_known, plan=world.plan)
    choice = choose(facts, world.wanted_mode(record.now), world.mode)
    if choice.is_new:
        world.mode_id = record.mode(choice)
    world.mode = choice


def _view(world: World, live: dict[Key, float], now: Instant, *, envelope: Envelope) -> View:
    assert world.mode is not None
    return View(
        now=now,
        hold_s=world.hold_s,
        site=world.site,
        live=live,
        envelope=envelope,
        plan=world.plan,
        plan_id=world.plan_id,
        mode=world.mode.mode,
        mode_id=world.mode_id,
        leases=world.leases.open(now),
        is_away=world.leases.choice.at(now).mode == AWAY,
        curtailment=world.curtailments.tightest(now, world.hold_s),
    )


def _committed(world: World, frames: Sequence[Frame], live: dict[Key, float], now: Instant) -> tuple[Commitment, ...]:
    """Return what was traded in the slots that run, with what the meter has counted of it."""
    running = world.trades.running(now)
    if not running or world.wanted_mode(now) == Passive.name:
        # Who runs a site by hand is asked for nothing: what is not delivered is settled.
        return ()
    live_w = live.get(METER, math.nan)
    return commitments(running, counted_wh(world.store, running[0].slot_start_utc, now, newest=frames, live_w=live_w))


def _speakers(world: World, view: View, committed: tuple[Commitment, ...]) -> list[Agent]:
    """Return the agent of the mode, the keeper of what was traded, and the owner where people have said anything."""
    speak = [world.agents[view.mode]] if view.mode in world.agents else []
    speak = [*speak, Keeper(MARKET, committed)] if committed else speak
    return [*speak, world.agents[OWNER]] if view.leases or view.is_away else speak


def _decided(agents: Iterable[Agent], view: View, world: World, record: Recorder) -> Arbitration:
    """Ask every agent; one that raises is silent for this turn, and the log says so."""
    proposals: list[Proposal] = []
    for agent in agents:
        try:
            proposals += _spoken(agent, view)
        except Exception as error:  # An agent may be anybody's code: the kernel outlives it.
            record.silent(agent.name, error)
    arbitration = arbitrate(view.envelope, record.proposals(proposals), world.mandates)
    record.dropped(arbitration.dropped)
    return arbitration


def _spoken(agent: Agent, view: View) -> list[Proposal]:
    """Return all that an agent says; one that breaks off in the middle has said nothing."""
    spoken = list(agent.decide(view))
    if not all(isinstance(each, Proposal) for each in spoken):
        raise TypeError(f"what it proposes is no proposal: {spoken!r}")
    return spoken
