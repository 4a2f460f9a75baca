"""What a market tells a site is read with suspicion, kept once, and kept across a restart."""

import asyncio
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.event import Kind
from enerwise.run.loop import play
from enerwise.run.world import World, simulated
from enerwise.serve.api.face import Desk, NoDoor, SocketLine
from enerwise.serve.api.live.hub import heard_wishes
from enerwise.serve.chain import find
from enerwise.serve.explain import tell
from enerwise.serve.generated import generate, keep_history
from enerwise.serve.site_desk import SOCKET, SiteDesk, listening
from enerwise.serve.words import Fact, reason
from enerwise.store.memory import MemoryStore

from .api.builders import START, a_home


def a_world(store: MemoryStore | None = None) -> World:
    home = generate(a_home(), START, step_s=900, seed=3, days=1, history_days=3)
    if store is None:
        store = MemoryStore()
        keep_history(store, home, a_home())
    return simulated(a_home(), home.supply(), store, seed=3)


def ask(desk: SiteDesk, **command: Any) -> dict[str, Any]:
    return desk.answer(json.dumps(command).encode())


def a_sale(world: World, **more: Any) -> dict[str, Any]:
    start = f"{world.clock.now()}Z"
    sale = {"slot_start_utc": start, "length_s": 900, "traded_wh": -700, "trade_count": 2, "reserve_ratio": 0.2}
    return {"do": "traded", "who": "market", "market": "street", **sale, **more}


def notes(world: World) -> list[Any]:
    world.store.flush()
    return [each for each in world.store.events(kind=Kind.NOTE) if each.payload["do"] == "traded"]


def test_what_is_told_moves_the_battery_with_the_next_turn_and_says_why() -> None:
    world = a_world()
    desk = SiteDesk(world)
    answer = ask(desk, **a_sale(world))
    assert answer["ok"]
    assert [(each["traded_wh"], each["state"]) for each in answer["trades"]] == [(-700, "running")]
    play(world, 1)
    verdict = world.store.events(kind=Kind.JUDGED, subject="battery", limit=1)[0]
    assert (verdict.payload["agent"], verdict.payload["outcome"]) == ("market", "granted")
    (note,) = notes(world)
    wish = next(each for each in world.store.events(kind=Kind.PROPOSED) if each.payload["agent"] == "market")
    assert note.id in wish.cause
    assert (wish.payload["reason"], note.payload["who"]) == ("sold_ahead", "market")


def test_why_and_the_page_tell_of_the_trade() -> None:
    world = a_world()
    ask(SiteDesk(world), **a_sale(world, halted="repair"))
    play(world, 1)
    story = tell(world.store, find(world.store, START, "battery", "Europe/Berlin"), world.site, "en")
    told = {line.key: line.text for line in story.lines}
    assert "0.7 kWh were sold in the market for this slot" in told["reason.sold_ahead"]
    assert "Nothing more is traded (repair)" in told["reason.sold_ahead"]
    nowhere = SocketLine(Path("/nonexistent"))
    desk = Desk(world.site, world.store, Path("/nonexistent"), NoDoor(), nowhere, nowhere)
    assert heard_wishes(desk, START)[0].payload["reason"] == "sold_ahead", "the page shows what was heard"


def test_the_same_again_changes_nothing_and_what_is_older_is_passed_over() -> None:
    world = a_world()
    desk = SiteDesk(world)
    for _ in range(3):
        assert ask(desk, **a_sale(world))["ok"]
    assert ask(desk, **a_sale(world, traded_wh=-100, trade_count=1))["ok"], "whoever comes late is no fault"
    assert [each.traded_wh for each in world.trades.held] == [-700]
    assert len(notes(world)) == 1
    ask(desk, **a_sale(world, halted="repair"))
    assert world.trades.held[0].halted == "repair"
    assert world.trades.held[0].traded_wh == -700, "a halt takes nothing back"
    assert len(notes(world)) == 2


def test_what_was_told_is_kept_across_a_restart_of_the_site() -> None:
    world = a_world()
    ask(SiteDesk(world), **a_sale(world))
    world.store.flush()
    assert isinstance(world.store, MemoryStore)
    after = a_world(world.store)
    assert after.trades.held == ()
    desk = SiteDesk(after)
    assert after.trades == world.trades
    assert ask(desk, do="state")["trades"][0]["traded_wh"] == -700
    play(after, 1)
    verdict = after.store.events(kind=Kind.JUDGED, subject="battery", limit=1)[0]
    assert verdict.payload["agent"] == "market"


def test_by_hand_it_waits_and_says_so() -> None:
    world = a_world()
    desk = SiteDesk(world)
    ask(desk, do="mode", mode="manual", who="ada", reason="testing")
    assert ask(desk, **a_sale(world))["trades"][0]["state"] == "by_hand"


@pytest.mark.parametrize(
    ("more", "code", "place"),
    [
        ({"market": ""}, "no-market", "market"),
        ({"slot_start_utc": "soon"}, "no-time", "slot_start_utc"),
        ({"slot_start_utc": "NaT"}, "no-time", "slot_start_utc"),
        ({"slot_start_utc": "2026-05-13T21:45:00Z"}, "over", "slot_start_utc"),
        ({"slot_start_utc": "2027-05-13T21:45:00Z"}, "too-early", "slot_start_utc"),
        ({"length_s": 0}, "too-much", "length_s"),
        ({"length_s": 90_000}, "too-much", "length_s"),
        ({"traded_wh": -2251}, "too-much", "traded_wh"),
        ({"traded_wh": 2251}, "too-much", "traded_wh"),
        ({"traded_wh": 10.5}, "no-number", "traded_wh"),
        ({"traded_wh": True}, "no-number", "traded_wh"),
        ({"trade_count": 0}, "too-much", "trade_count"),
        ({"reserve_ratio": 1.5}, "no-ratio", "reserve_ratio"),
        ({"reserve_ratio": float("nan")}, "no-ratio", "reserve_ratio"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place_and_a_remedy(more: dict[str, Any], code: str, place: str) -> None:
    world = a_world()
    answer = ask(SiteDesk(world), **a_sale(world, **more))
    assert not answer["ok"]
    assert (answer["code"], answer["place"]) == (code, place)
    assert answer["remedy"]
    assert world.trades.held == ()


def test_what_contradicts_is_refused() -> None:
    world = a_world()
    desk = SiteDesk(world)
    ask(desk, **a_sale(world))
    assert ask(desk, **a_sale(world, traded_wh=-900))["code"] == "not-traded"
    assert world.trades.held[0].traded_wh == -700


anything = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.lists(st.integers())
FIELDS = ("market", "slot_start_utc", "length_s", "traded_wh", "trade_count", "reserve_ratio", "halted")
WORLD = a_world(MemoryStore())


@given(st.dictionaries(st.sampled_from(FIELDS), anything, max_size=3))
def test_no_line_brings_the_desk_down_or_asks_for_more_than_can_be(more: dict[str, Any]) -> None:
    desk = SiteDesk(WORLD)
    answer = ask(desk, **a_sale(WORLD, **more))
    assert answer["ok"] or answer["remedy"]
    for each in WORLD.trades.held:
        assert abs(each.traded_wh) <= 9000.0 * each.length_s / 3600.0
        assert WORLD.clock.now() < each.until <= WORLD.clock.now() + np.timedelta64(8, "D")


def test_it_comes_over_the_socket_that_is_for_this_machine_only(tmp_path: Path) -> None:
    async def go() -> dict[str, Any]:
        world, path = a_world(), tmp_path / SOCKET
        async with listening(world, path):
            assert path.stat().st_mode & 0o077 == 0
            return await SocketLine(path).ask(a_sale(world))

    assert asyncio.run(go())["trades"][0]["market"] == "street"


@pytest.mark.parametrize(("language", "told"), [("en", "was traded is kept"), ("de", "wird gehalten")])
def test_a_halt_is_told_with_the_reason(language: str, told: str) -> None:
    facts: dict[str, Fact] = {"traded_wh": -700.0, "target_w": -2800.0, "halted": "repair"}
    assert told in reason("sold_ahead", facts, language)
    assert "repair" in reason("sold_ahead", facts, language)
    assert told not in reason("sold_ahead", {**facts, "halted": ""}, language)
