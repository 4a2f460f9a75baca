"""The desk of a running site: what people ask of it, one line of JSON in and one out, on a socket of this machine.

Modes, leases and goals are wishes of the world and change nothing by themselves: the next turn hears them, the guard
judges them. Every change is an event with who asked and why.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from enerwise.agents.lease import Lease
from enerwise.agents.modes import Passive
from enerwise.core.event import Event, Json, Kind
from enerwise.core.time import Instant
from enerwise.guard import Signal, is_controllable
from enerwise.run.curtailments import Curtailments, TooManyAsked
from enerwise.run.goals import GOALS, refusal
from enerwise.run.jobs import PLANNING
from enerwise.run.leases import CHOICES, Choice, Fate, TooMany
from enerwise.run.trades import NotTraded
from enerwise.run.world import World
from enerwise.serve.console import say
from enerwise.serve.site_asked import (
    POWERED,
    Answer,
    Refusal,
    deed_of,
    end_of,
    power_of,
    readings_of,
    start_of,
    text_of,
)
from enerwise.serve.site_curtailed import curtailment_of, curtailment_row
from enerwise.serve.site_trades import trade_of, trade_row
from enerwise.site.assets import Asset
from enerwise.site.validate import validate

SOCKET: Final = "site.sock"
"""Its name in the run folder of a site."""
LINE_BYTES: Final = 1 << 22
PATIENCE_S: Final = 5.0
BLOB: Final = "desk"
LEASES: Final = "leases"
GOAL: Final = "goal"
TRADES: Final = "trades"
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class SiteDesk:
    """Takes what people ask of one world."""

    def __init__(self, world: World) -> None:
        """Take a world, with what its people wanted in its last life."""
        self._world, self._count, self._cause = world, 0, ""
        world.leases = world.leases.from_bytes(world.store.get(BLOB, LEASES))
        world.trades = world.trades.from_bytes(world.store.get(BLOB, TRADES))
        world.curtailments = Curtailments.kept(world.store, world.clock.now())
        goal = (world.store.get(BLOB, GOAL) or b"").decode()
        world.goal = goal if goal in GOALS else world.goal
        self._does: Mapping[str, Callable[[Mapping[str, Any]], Answer]] = {
            "state": lambda asked: self.state(),
            "mode": self._mode,
            "override": self._override,
            "withdraw": self._withdraw,
            "goal": self._goal,
            "traded": self._traded,
            "curtail": self._curtail,
            "uncurtail": self._uncurtail,
            "replan": self._replan,
            "ingest": self._ingest,
            "stop": self._stop,
            "reset": self._reset,
            "start": self._start,
        }

    def answer(self, line: bytes) -> Answer:
        """Do what a line asks and say what came of it; it raises nothing."""
        try:
            asked = json.loads(line)
            do = self._does.get(str(asked.get("do"))) if isinstance(asked, dict) else None
            if do is None:
                remedy = f"ask for one of {', '.join(self._does)}"
                raise Refusal("unknown-command", "do", f"{line[:80]!r} is no command", remedy)
            return do(asked)
        except Refusal as refusal:
            return refusal.answer
        except (ValueError, RecursionError) as error:
            return Refusal("no-json", "line", f"cannot be read: {error}", "send one line of JSON").answer

    def state(self) -> Answer:
        """Return what is wanted now, and what became of it."""
        world, now = self._world, self._world.clock.now()
        choice, planned_at = world.leases.choice.at(now), world.next_jobs.get(PLANNING)
        return {
            "ok": True,
            "mode": {
                "mode": choice.mode,
                "until": _shown(choice.until),
                "who": choice.who,
                "reason": choice.reason,
                "in_force": "" if world.mode is None else world.mode.mode,
                "why": "" if world.mode is None else world.mode.reason.code,
            },
            "leases": [lease_row(each, world.leases.fates.get(each.id, Fate())) for each in world.leases.held],
            "trades": self._trades(now),
            "curtailments": [curtailment_row(each, now) for each in world.curtailments.held],
            "lifecycle": str(world.guard.state),
            "why": self._cause,
            "goal": world.goal,
            "plan_id": world.plan_id,
            "next_plan_at": _shown(planned_at),
        }

    # -- what can be asked ---------------------------------------------------------------------------------------

    def _mode(self, asked: Mapping[str, Any]) -> Answer:
        mode, now = asked.get("mode"), self._world.clock.now()
        if mode not in CHOICES:
            raise Refusal("unknown-mode", "mode", f"{mode!r} is no mode", f"choose one of {', '.join(CHOICES)}")
        until = None if asked.get("until") is None else end_of(asked, now)
        self._world.leases = replace(
            self._world.leases, choice=Choice(str(mode), until, text_of(asked, "who"), text_of(asked, "reason"))
        )
        self._changed(self._world.site.id, {"do": "mode", "mode": str(mode), "until": _shown(until)}, asked)
        return self.state()

    def _override(self, asked: Mapping[str, Any]) -> Answer:
        world, now = self._world, self._world.clock.now()
        asset = self._asset(asked)
        lease = Lease(
            id=text_of(asked, "id") or f"lease-{now.astype(np.int64)}-{self._count}",
            asset=asset.id,
            deed=deed_of(asked, asset),
            since=start_of(asked, now),
            until=end_of(asked, now),
            who=text_of(asked, "who"),
            reason=text_of(asked, "reason"),
            power_w=power_of(asked),
        )
        if lease.deed in POWERED and lease.power_w is None:
            raise Refusal(
                "no-power", "power_w", f"{lease.deed} needs a power", "write power_w, positive into the asset"
            )
        known = next((each for each in world.leases.held if each.id == lease.id), None)
        if known is None:
            try:
                world.leases = world.leases.with_lease(lease, now)
            except TooMany as error:
                raise Refusal("too-many", "leases", str(error), "withdraw one first") from None
            told: dict[str, Json] = {
                "do": "override",
                "id": lease.id,
                "deed": lease.deed.value,
                "until": str(lease.until),
            }
            self._changed(asset.id, told | {"power_w": lease.power_w}, asked)
        kept = known or lease
        return {"ok": True, "lease": lease_row(kept, world.leases.fates.get(kept.id, Fate()))}

    def _withdraw(self, asked: Mapping[str, Any]) -> Answer:
        lease_id = text_of(asked, "id")
        try:
            self._world.leases = self._world.leases.without(lease_id)
        except KeyError:
            raise Refusal(
                "no-such-lease", "id", f"no open override has the id {lease_id!r}", "ask for the state"
            ) from None
        lease = next(each for each in self._world.leases.held if each.id == lease_id)
        self._changed(lease.asset, {"do": "withdraw", "id": lease_id}, asked)
        return {"ok": True, "lease": lease_row(lease, self._world.leases.fates[lease_id])}

    def _traded(self, asked: Mapping[str, Any]) -> Answer:
        world, now = self._world, self._world.clock.now()
        trade = trade_of(asked, world.site, now)
        try:
            if world.trades.with_trade(trade, now) is not world.trades:
                told: dict[str, Json] = {
                    "do": "traded",
                    "market": trade.market,
                    "from": str(trade.slot_start_utc),
                    "until": str(trade.until),
                    "traded_wh": trade.traded_wh,
                    "halted": trade.halted,
                }
                cause = self._changed(world.site.id, told, asked)
                world.trades = world.trades.with_trade(replace(trade, cause=cause), now)
                world.store.put(BLOB, TRADES, world.trades.to_bytes(), now)
        except NotTraded as error:
            raise Refusal("not-traded", "traded_wh", str(error), "tell the totals of the slot") from None
        return {"ok": True, "trades": self._trades(now)}

    def _curtail(self, asked: Mapping[str, Any]) -> Answer:
        world, now = self._world, self._world.clock.now()
        wanted = curtailment_of(asked, now, self._count)
        try:
            world.curtailments = world.curtailments.with_one(wanted, now)
        except TooManyAsked as error:
            raise Refusal("too-many", "id", str(error), "withdraw one first") from None
        told = {"do": "curtail", **curtailment_row(wanted, now)}
        return self._curtailed(told, asked)

    def _uncurtail(self, asked: Mapping[str, Any]) -> Answer:
        asked_id = text_of(asked, "id")
        try:
            self._world.curtailments = self._world.curtailments.without(asked_id)
        except KeyError:
            remedy = "ask for the state"
            raise Refusal("no-such-curtailment", "id", f"nobody asks for {asked_id!r}", remedy) from None
        return self._curtailed({"do": "uncurtail", "id": asked_id}, asked)

    def _curtailed(self, told: Mapping[str, Json], asked: Mapping[str, Any]) -> Answer:
        """Keep what is asked for where the planner reads it, and have a plan made with it at once."""
        self._world.curtailments.keep(self._world.store, self._world.clock.now())
        self._changed(self._world.site.id, told, asked)
        # The planner reads it from the store, perhaps in another process.
        self._world.store.flush(wait_s=0.2)
        return self._replan(asked)

    def _trades(self, now: Instant) -> list[dict[str, Any]]:
        is_by_hand = self._world.wanted_mode(now) == Passive.name
        return [trade_row(each, now, is_by_hand=is_by_hand) for each in self._world.trades.held]

    def _goal(self, asked: Mapping[str, Any]) -> Answer:
        goal = str(asked.get("goal"))
        if (fault := refusal(goal, self._world.site)) is not None:
            code = "no-factor" if goal in GOALS else "unknown-goal"
            raise Refusal(code, fault.place, fault.message, fault.remedy)
        self._world.goal = goal
        self._world.store.put(BLOB, GOAL, goal.encode(), self._world.clock.now())
        self._changed(self._world.site.id, {"do": "goal", "goal": goal}, asked)
        return self._replan(asked)

    def _replan(self, asked: Mapping[str, Any]) -> Answer:
        self._world.asked_jobs.add(PLANNING)
        return self.state()

    def _ingest(self, asked: Mapping[str, Any]) -> Answer:
        world, now = self._world, self._world.clock.now()
        readings = readings_of(asked, now)
        foreign = [each for each in readings if each.key.asset in self._own_assets()]
        if foreign:
            remedy = "send readings only of what no device of this site measures"
            raise Refusal("measured-here", str(foreign[0].key), "a device of this site measures that", remedy)
        frames, refused = validate(readings, world.site, now)
        for frame in frames:
            world.store.append(frame)
        told = [
            {
                "key": str(each.reading.key),
                "value": each.reading.value,
                "reason": each.reason.code,
                "facts": dict(each.reason.facts),
            }
            for each in refused
        ]
        return {"ok": True, "accepted": sum(int(np.isfinite(each.value).sum()) for each in frames), "refused": told}

    # -- the lifecycle of a site whose machines are twins; where there is a door, the door has its own ---------------

    def _stop(self, asked: Mapping[str, Any]) -> Answer:
        self._world.guard.signal(Signal.STOP)
        self._cause = text_of(asked, "cause") or "stop pressed"
        self._changed(self._world.site.id, {"do": "stop", "cause": self._cause}, asked)
        return {"ok": True, "state": str(self._world.guard.state), "acked_ms": {}, "missing": []}

    def _reset(self, asked: Mapping[str, Any]) -> Answer:
        if self._cause and text_of(asked, "cause") != self._cause:
            why = f"the cause is {self._cause!r}: name it as it is, once it has been looked at"
            return {"ok": False, "why": why, "state": str(self._world.guard.state)}
        answer = self._signalled("reset", asked, Signal.RESET_BY_PERSON, Signal.SELF_TEST_PASSED)
        self._cause = "" if answer["ok"] else self._cause
        return answer

    def _start(self, asked: Mapping[str, Any]) -> Answer:
        return self._signalled("start", asked, Signal.START)

    def _signalled(self, what: str, asked: Mapping[str, Any], *signals: Signal) -> Answer:
        guard = self._world.guard
        if not [each for each in signals if guard.signal(each)]:
            return {
                "ok": False,
                "why": f"the site is {guard.state}: there is nothing to {what}",
                "state": str(guard.state),
            }
        self._changed(self._world.site.id, {"do": what}, asked)
        return {"ok": True, "state": str(guard.state)}

    # -- inside --------------------------------------------------------------------------------------------------

    def _asset(self, asked: Mapping[str, Any]) -> Asset:
        movable = {each.id: each for each in self._world.site if is_controllable(each)}
        found = movable.get(str(asked.get("asset")))
        if found is None:
            remedy = f"name one of {', '.join(movable)}" if movable else "nothing here can be moved"
            raise Refusal("no-such-asset", "asset", f"{asked.get('asset')!r} cannot be moved", remedy)
        return found

    def _own_assets(self) -> set[str]:
        return {asset for device in self._world.site.devices for asset in device.serves.values()}

    def _changed(self, subject: str, told: Mapping[str, Json], asked: Mapping[str, Any]) -> str:
        """Tell of a change and who brought it, keep what people want, and return the id of the event."""
        world, self._count = self._world, self._count + 1
        now = world.clock.now()
        payload = {**told, "who": text_of(asked, "by") or text_of(asked, "who"), "reason": text_of(asked, "reason")}
        event_id = f"{world.site.id}/{world.turn_count:08d}/d{now.astype(np.int64)}-{self._count}"
        world.store.note([Event(event_id, now, Kind.NOTE, subject, payload)])
        world.store.put(BLOB, LEASES, world.leases.to_bytes(), now)
        return event_id


@asynccontextmanager
async def listening(world: World, path: Path) -> AsyncIterator[SiteDesk]:
    """Take what is asked at a socket for as long as the block lasts.

    A socket that cannot be opened, such as at a path that is too long for one, is told of: the site runs on without.
    """
    desk = SiteDesk(world)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, TimeoutError, ValueError):
            async with asyncio.timeout(PATIENCE_S):
                line = await reader.readline()
                writer.write(json.dumps(desk.answer(line)).encode() + b"\n")
                await writer.drain()
        writer.close()

    server = await _opened(serve, path)
    try:
        yield desk
    finally:
        if server is not None:
            server.close()
            path.unlink(missing_ok=True)


async def _opened(serve: Serve, path: Path) -> asyncio.Server | None:
    try:
        path.unlink(missing_ok=True)
        server = await asyncio.start_unix_server(serve, str(path), limit=LINE_BYTES)
        path.chmod(0o600)
    except OSError as error:
        say(f"Nobody can ask this site for anything: {path} cannot be opened: {error.strerror or error}.")
        return None
    return server


def lease_row(lease: Lease, fate: Fate) -> dict[str, Any]:
    """Return a lease as what JSON holds."""
    return {
        "id": lease.id,
        "asset": lease.asset,
        "action": lease.deed.value,
        "power_w": lease.power_w,
        "from": _shown(lease.since),
        "until": _shown(lease.until),
        "reason": lease.reason,
        "who": lease.who,
        "state": fate.state,
        "rule": fate.rule,
        "value_w": fate.value_w,
    }


def _shown(at: Instant | None) -> str | None:
    return None if at is None else f"{at.astype('datetime64[ms]')}Z"
