"""The desk of a running site: what is asked becomes a wish, an event and a turn; what is wrong is told."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.event import Kind
from enerwise.run.loop import play
from enerwise.run.world import World, simulated
from enerwise.serve.api.face import NoAnswer, SocketLine
from enerwise.serve.commands.run import _run, twin_world
from enerwise.serve.generated import generate, keep_history
from enerwise.serve.site_desk import SOCKET, SiteDesk, listening
from enerwise.store.memory import MemoryStore

from .api.builders import START, a_home, later


def a_world(store: MemoryStore | None = None) -> World:
    site = a_home()
    home = generate(site, START, step_s=900, seed=3, days=1, history_days=3)
    store = store or MemoryStore()
    keep_history(store, home, site)
    return simulated(site, home.supply(), store, seed=3)


def ask(desk: SiteDesk, **command: Any) -> dict[str, Any]:
    return desk.answer(json.dumps(command).encode())


def an_override(world: World, **more: Any) -> dict[str, Any]:
    end = later(world.clock.now(), hours=2)
    return {"do": "override", "asset": "battery", "action": "charge", "until": end, "who": "ada", "id": "l1", **more}


def test_what_is_asked_for_is_done_with_the_next_turn() -> None:
    world = a_world()
    desk = SiteDesk(world)
    answer = ask(desk, **an_override(world, power_w=1500.0, reason="a party"))
    assert answer["lease"]["state"] == "waiting"
    play(world, 1)
    (lease,) = ask(desk, do="state")["leases"]
    assert (lease["state"], lease["value_w"]) == ("acting", 1500.0)
    verdict = world.store.events(kind=Kind.JUDGED, subject="battery", limit=1)[0]
    assert (verdict.payload["agent"], verdict.payload["value"]) == ("owner", 1500.0)


def test_what_the_guard_does_not_allow_is_cut_and_says_by_what() -> None:
    world = a_world()
    desk = SiteDesk(world)
    ask(desk, **an_override(world, action="discharge", power_w=40_000.0))
    play(world, 1)
    (lease,) = ask(desk, do="state")["leases"]
    assert lease["state"] == "cut"
    assert lease["rule"]
    assert lease["value_w"] >= -5000.0


def test_by_hand_nothing_moves_but_what_is_asked() -> None:
    world = a_world()
    desk = SiteDesk(world)
    ask(desk, do="mode", mode="manual", who="ada", reason="testing")
    play(world, 1)
    assert ask(desk, do="state")["mode"]["in_force"] == "passive"
    ask(desk, **an_override(world, action="on", asset="boiler"))
    play(world, 1)
    moved = {each.subject: each.payload["value"] for each in world.store.events(kind=Kind.JUDGED, limit=4)}
    assert moved["boiler"] == 2000.0
    assert moved["battery"] == 0.0


def test_away_switched_loads_stay_off_whatever_the_sun_gives() -> None:
    world = a_world()
    SiteDesk(world)
    ask(SiteDesk(world), do="mode", mode="away", who="ada")
    play(world, 60)
    values = [each.payload["value"] for each in world.store.events(kind=Kind.JUDGED, subject="boiler")]
    assert len(values) == 60
    assert set(values) == {0.0}


def test_wishes_survive_the_process_that_took_them() -> None:
    store = MemoryStore()
    world = a_world(store)
    desk = SiteDesk(world)
    ask(desk, **an_override(world))
    ask(desk, do="mode", mode="away", until=later(world.clock.now(), hours=5), who="ada")
    ask(desk, do="goal", goal="own_power", who="ada")
    store.flush()
    again = SiteDesk(a_world(store)).state()
    assert ([each["id"] for each in again["leases"]], again["mode"]["mode"], again["goal"]) == (
        ["l1"],
        "away",
        "own_power",
    )


def test_every_change_is_an_event_with_who_and_why() -> None:
    world = a_world()
    desk = SiteDesk(world)
    ask(desk, **an_override(world, reason="a party"))
    ask(desk, do="withdraw", id="l1", who="bob")
    world.store.flush()
    told = [
        (each.payload["do"], each.payload["who"], each.payload["reason"]) for each in world.store.events(kind=Kind.NOTE)
    ]
    assert told == [("override", "ada", "a party"), ("withdraw", "bob", "")]


@pytest.mark.parametrize(
    ("command", "code", "place"),
    [
        ({"do": "dance"}, "unknown-command", "do"),
        ({"do": "mode", "mode": "party"}, "unknown-mode", "mode"),
        ({"do": "mode", "mode": "away", "until": "later"}, "no-time", "until"),
        ({"do": "goal", "goal": "fame"}, "unknown-goal", "goal"),
        ({"do": "withdraw", "id": "nothing"}, "no-such-lease", "id"),
        ({"do": "override", "asset": "home"}, "no-such-asset", "asset"),
        ({"do": "override", "asset": "battery", "action": "on"}, "unknown-action", "action"),
        ({"do": "override", "asset": "battery", "action": "rest", "until": "1999-01-01T00:00Z"}, "no-end", "until"),
        ({"do": "override", "asset": "battery", "action": "rest", "until": "2099-01-01T00:00Z"}, "no-end", "until"),
        ({"do": "ingest", "columns": {}}, "no-columns", "columns"),
        ({"do": "ingest", "start_utc": ["x"], "columns": {"boiler.power_w": [1.0]}}, "no-time", "start_utc[0]"),
        (
            {"do": "ingest", "start_utc": [], "columns": {"boiler.power_w": [1.0]}},
            "no-column",
            "columns.boiler.power_w",
        ),
    ],
)
def test_what_cannot_be_done_is_told_with_place_and_remedy(command: dict[str, Any], code: str, place: str) -> None:
    answer = ask(SiteDesk(a_world()), **command)
    assert (answer["ok"], answer["code"], answer["place"]) == (False, code, place)
    assert answer["why"]
    assert answer["remedy"]


def test_power_must_be_a_number_and_holding_needs_one() -> None:
    world = a_world()
    desk = SiteDesk(world)
    for wrong in ("much", True, 10**400, float("inf"), [1.0]):
        assert ask(desk, **an_override(world, power_w=wrong))["code"] == "no-number"
    sent = {"do": "ingest", "start_utc": ["2026-05-14T10:00Z"], "columns": {"boiler.power_w": [10**400]}}
    assert ask(desk, **sent)["code"] == "no-number"
    assert ask(desk, **an_override(world, action="hold"))["code"] == "no-power"


@pytest.mark.parametrize("line", [b"", b"[]", b"null", b"{", b'"x"', b"[" * 5000, '{"do": "\u2028"}'.encode()])
def test_nonsense_is_answered_in_words(line: bytes) -> None:
    assert SiteDesk(a_world()).answer(line)["ok"] is False


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=9) | st.just("2026-05-14T03:00Z"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
DOES = ("state", "mode", "override", "withdraw", "goal", "replan", "ingest", "stop", "reset", "start")
FIELDS = ("mode", "until", "since", "asset", "action", "power_w", "id", "who", "reason", "goal", "start_utc", "columns")


@pytest.fixture(scope="module")
def asked_often() -> SiteDesk:
    return SiteDesk(a_world())


@given(st.sampled_from(DOES), st.dictionaries(st.sampled_from(FIELDS), anything), st.booleans())
def test_whatever_is_asked_is_answered(asked_often: SiteDesk, do: str, fields: dict[str, Any], is_near: bool) -> None:
    near = {"asset": "battery", "action": "charge", "until": "2026-05-14T03:00Z"} if is_near else {}
    answer = ask(asked_often, **{**near, **fields, "do": do})
    assert isinstance(answer["ok"], bool)
    assert answer["ok"] or answer["why"]
    json.dumps(answer)


def test_a_site_of_twins_stops_rests_and_starts_again() -> None:
    world = a_world()
    desk = SiteDesk(world)
    play(world, 1)
    assert ask(desk, do="stop", cause="smoke", who="ada")["state"] == "stopped"
    play(world, 1)
    moved = world.store.events(kind=Kind.JUDGED, subject="battery", limit=1)[0]
    assert moved.payload["value"] == 0.0
    assert ask(desk, do="start")["ok"] is False
    assert ask(desk, do="state")["why"] == "smoke"
    assert "smoke" in ask(desk, do="reset", who="ada", cause="steam")["why"]
    assert ask(desk, do="reset", who="ada", cause="smoke")["state"] == "idle"
    assert ask(desk, do="state")["why"] == ""
    assert ask(desk, do="start", who="ada")["state"] == "running"


def test_it_is_asked_over_a_socket(tmp_path: Path) -> None:
    async def go() -> tuple[dict[str, Any], str]:
        path = tmp_path / "site.sock"
        async with listening(a_world(), path):
            assert path.stat().st_mode & 0o777 == 0o600
            state = await SocketLine(path).ask({"do": "state"})
        with pytest.raises(NoAnswer) as caught:
            await SocketLine(path).ask({"do": "state"})
        return state, str(caught.value)

    state, silent = asyncio.run(go())
    assert state["mode"]["mode"] == "automatic"
    assert "site.sock" in silent


def test_a_socket_that_cannot_be_opened_is_told_of_and_stops_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def go() -> SiteDesk:
        async with listening(a_world(), tmp_path / ("x" * 120)) as desk:
            return desk

    assert asyncio.run(go()).state()["ok"]
    assert "Nobody can ask this site for anything" in capsys.readouterr().out


def test_a_site_of_twins_is_asked_while_it_runs(tmp_path: Path) -> None:
    async def go() -> dict[str, Any]:
        world = twin_world(a_home(), MemoryStore(), turn_s=60)
        running = asyncio.create_task(_run(world, 1.0, desk_path=tmp_path / SOCKET))
        line = SocketLine(tmp_path / SOCKET)
        while not line.path.exists():
            assert not running.done()
            await asyncio.sleep(0.01)
        answer = await line.ask({"do": "mode", "mode": "manual", "who": "ada"}, patience_s=20.0)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        return answer

    assert asyncio.run(go())["mode"]["mode"] == "manual"
    assert not (tmp_path / SOCKET).exists()


def test_asking_for_a_plan_makes_one_with_the_next_turn() -> None:
    world = a_world()
    play(world, 1)
    before = world.plan_id
    ask(SiteDesk(world), do="replan")
    assert world.asked_jobs == {"planning"}
    play(world, 1)
    assert not world.asked_jobs
    assert world.plan_id != before
    assert ask(SiteDesk(world), do="state")["next_plan_at"] == f"{world.clock.now()}Z"


def test_what_others_ask_of_the_import_is_kept_planned_and_remembered() -> None:
    world = a_world()
    desk, end = SiteDesk(world), later(world.clock.now(), hours=2)
    told = ask(desk, do="curtail", limit_w=2000.0, until=end, who="network operator", id="e7")
    assert [(each["id"], each["limit_w"], each["state"]) for each in told["curtailments"]] == [("e7", 2000.0, "acting")]
    play(world, 1)
    assert world.guard.import_limit_w == 2000.0
    plan = world.store.events(kind=Kind.PLANNED, limit=1)[0]
    assert plan.payload["curtailments"]
    assert [each.id for each in SiteDesk(world)._world.curtailments.held] == ["e7"], "the next life knows it"
    assert ask(desk, do="uncurtail", id="e7")["curtailments"] == []
    play(world, 1)
    assert world.guard.import_limit_w == float("inf")


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"limit_w": -1.0}, "limit_w"),
        ({"limit_w": None}, "limit_w"),
        ({"until": "soon"}, "until"),
        ({"limit_w": "x"}, "limit_w"),
    ],
)
def test_what_cannot_be_asked_of_the_import_is_refused(more: dict[str, Any], place: str) -> None:
    world = a_world()
    wish = {"do": "curtail", "limit_w": 2000.0, "until": later(world.clock.now(), hours=2), **more}
    answer = ask(SiteDesk(world), **wish)
    assert not answer["ok"] and answer["place"] == place and answer["remedy"]
    assert not ask(SiteDesk(world), do="uncurtail", id="nobody")["ok"]
