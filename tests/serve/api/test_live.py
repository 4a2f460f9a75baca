"""Live data: one look for everybody, changes with numbers, resumed where they stopped; commands to their fate."""

import asyncio
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.sync.connection import Connection

from enerwise.run.loop import play
from enerwise.serve.api.live.hub import WAITING_MOST, Hub, sse
from enerwise.serve.api.live.snapshot import changes
from enerwise.serve.api.live.stream import EventStream
from enerwise.serve.api.names import Names
from enerwise.serve.api.server import make_server

from .builders import FOREIGN, OWN, ADoor, Client, a_client, a_server, later


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Client:
    return a_client(tmp_path_factory.mktemp("live"))


def a_hub(client: Client) -> Hub:
    return Hub(client.desk, client.face.clock, lambda desk: {"look_soon": 1})


def a_door(client: Client) -> ADoor:
    door = client.desk.door
    assert isinstance(door, ADoor)
    return door


def told(message: bytes) -> tuple[str, dict[str, Any]]:
    lines = dict(line.split(b": ", 1) for line in message.strip().split(b"\n"))
    return lines[b"event"].decode(), json.loads(lines[b"data"])


def test_a_snapshot_shows_every_node_with_its_age_and_what_follows_from_the_balance(home: Client) -> None:
    shown = home.get(f"/sites/{OWN}/live").json()
    nodes = {each["id"]: each for each in shown["nodes"]}
    assert nodes["battery"]["power_w"] == 800
    assert nodes["battery"]["soc_ratio"] == pytest.approx(0.66, abs=0.001)
    assert nodes["home"]["power_w"] == -600 - 800 + 2400 - nodes["boiler"]["power_w"]
    assert nodes["grid"]["read_at"] is not None
    assert shown["state"] == "running"
    assert shown["price"]["import_eur_per_kwh"] == pytest.approx(0.27)
    assert [each["answers"] for each in shown["devices"]] == [True]
    assert shown["because"][0]["asset"] == "battery"
    assert set(shown["because"][0]["text"]) == {"en", "de"}


def test_what_somebody_asked_for_is_told_with_a_name_and_the_reason(tmp_path: Path) -> None:
    client = a_client(tmp_path)
    asked = {"asset": "battery", "action": "charge", "power_w": 900.0, "reason": "storm", "id": "l1"}
    client.post(f"/sites/{OWN}/overrides", {**asked, "until": later(client.face.clock.now(), hours=1)})
    world = client.desk.site_line.desk._world  # type: ignore[attr-defined]
    play(world, 1)
    world.store.flush()

    class People:
        async def find(self, who: str) -> Any:
            return SimpleNamespace(name={"owner-1": "Ada"}[who])

    hub = Hub(client.desk, client.face.clock, names=Names(SimpleNamespace(people=People())))
    asyncio.run(hub.ask())
    because = {each["asset"]: each for each in hub.shown["because"]}["battery"]
    assert because["text"]["en"] == "Ada asked for it: charge with 900 W. Reason given: storm"
    assert because["text"]["de"].startswith("Ada wollte es so")
    assert hub.shown["leases"][0]["who"] == "Ada"


def test_a_device_that_is_silent_says_since_when(home: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    hub = a_hub(home)
    asyncio.run(hub.ask())
    assert hub.shown["devices"][0]["last_at"] is None
    monkeypatch.setattr(a_door(home), "is_fresh", False)
    hub.look()
    (device,) = hub.shown["devices"]
    assert (device["answers"], device["problems"]) == (False, ["no answer"])
    assert device["last_at"] == f"{home.face.clock.now()}Z"


def test_what_has_not_changed_is_not_told_again(home: Client) -> None:
    hub = a_hub(home)
    asyncio.run(hub.ask())
    before = dict(hub.shown)
    assert changes(before, {**before, "at": "later"}) == {}
    assert changes(before, {**before, "why": "smoke"}) == {"why": "smoke"}


def test_a_listener_gets_a_snapshot_then_numbered_changes(home: Client) -> None:
    async def go() -> list[tuple[str, dict[str, Any]]]:
        hub = a_hub(home)
        await hub.ask()
        listener = hub.listen()
        a_door(home).grid_w = 1234.0
        hub.look()
        a_door(home).grid_w = -600.0
        hub.look()
        return [told(await listener.queue.get() or b"") for _ in range(3)]

    (first, snapshot), (second, change), (_, last) = asyncio.run(go())
    assert (first, second) == ("snapshot", "delta")
    assert [snapshot["seq"] + 1, snapshot["seq"] + 2] == [change["seq"], last["seq"]]
    assert {each["id"]: each for each in change["nodes"]}["grid"]["power_w"] == 1234
    assert "leases" not in change


def test_who_comes_back_soon_gets_what_was_missed_and_later_a_snapshot(home: Client) -> None:
    async def go() -> tuple[list[str], list[str], list[str]]:
        hub = a_hub(home)
        await hub.ask()
        began = hub.number
        for count in range(WAITING_MOST):
            a_door(home).grid_w = float(count)
            hub.look()
        soon, late, ahead = hub.listen(hub.number - 2), hub.listen(began), hub.listen(hub.number + 5)
        a_door(home).grid_w = -600.0
        return tuple(
            [told(each.queue.get_nowait() or b"")[0] for _ in range(each.queue.qsize())] for each in (soon, late, ahead)
        )  # type: ignore[return-value]

    soon, late, ahead = asyncio.run(go())
    assert soon == ["delta", "delta"]
    assert late == ahead == ["snapshot"]


def test_a_listener_that_does_not_listen_is_dropped_and_nobody_waits(home: Client) -> None:
    async def go() -> tuple[Hub, int]:
        hub = a_hub(home)
        await hub.ask()
        slow, quick = hub.listen(), hub.listen()
        for count in range(WAITING_MOST + 5):
            hub._tell(sse("heartbeat", {"count": count}))
            quick.queue.get_nowait()
        return hub, slow.queue.qsize()

    hub, waiting = asyncio.run(go())
    assert (hub.listener_count, hub.dropped_count) == (1, 1)
    assert waiting <= WAITING_MOST + 1


def test_a_stream_ends_when_its_listener_goes_or_may_listen_no_more(home: Client) -> None:
    async def streamed(still_may: Callable[[], Any], goes: bool) -> tuple[list[dict[str, Any]], int]:
        hub = a_hub(home)
        await hub.ask()
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            if goes and len(sent) > 1:
                return {"type": "http.disconnect"}
            await asyncio.sleep(0 if goes else 3600)
            return {"type": "http.request"}

        async def send(message: Any) -> None:
            sent.append(message)

        await asyncio.wait_for(EventStream(hub, None, still_may)({"type": "http"}, receive, send), 5.0)
        return sent, hub.listener_count

    async def always() -> bool:
        return True

    async def never() -> bool:
        return False

    for still_may, goes in ((always, True), (never, False)):
        sent, left = asyncio.run(streamed(still_may, goes))
        assert (b"content-type", b"text/event-stream; charset=utf-8") in sent[0]["headers"]
        assert sent[-1] == {"type": "http.response.body", "body": b"", "more_body": False}
        assert left == 0


def test_without_a_door_values_come_from_the_last_turn(tmp_path: Path) -> None:
    client = a_client(tmp_path, twin=True)
    shown = client.get(f"/sites/{OWN}/live").json()
    assert shown["state"] == "running"
    assert all(each["power_w"] is not None for each in shown["nodes"])


def test_a_silent_door_is_told_as_silence_and_not_as_peace(home: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    hub = a_hub(home)
    monkeypatch.setattr(a_door(home), "look", lambda: None)
    asyncio.run(hub.ask())
    assert hub.shown["state"] == "silent"


def a_command(client: Client, **more: Any) -> dict[str, Any]:
    end = later(client.face.clock.now(), hours=1)
    return {
        "type": "command",
        "id": "c1",
        "site": OWN,
        "do": "override",
        "asset": "battery",
        "action": "rest",
        "until": end,
        **more,
    }


def until_fate(socket: Connection, *wanted: str) -> dict[str, Any]:
    for _ in range(200):
        message: dict[str, Any] = json.loads(socket.recv(timeout=20.0))
        if message["type"] == "command" and message["state"] in wanted:
            return message
    raise AssertionError(f"never {wanted}")


def test_a_command_over_the_socket_is_followed_until_the_guard_has_judged_it(tmp_path: Path) -> None:
    client = a_client(tmp_path)
    world = client.desk.site_line.desk._world  # type: ignore[attr-defined]
    with a_server(client.app) as place, a_socket(place) as talk:
        say(talk, {"type": "subscribe", "sites": [OWN], "topics": ["state"]})
        assert json.loads(talk.recv(timeout=20.0))["type"] in ("snapshot", "delta")
        say(talk, a_command(client))
        assert until_fate(talk, "received")["id"] == "c1"
        play(world, 1)
        world.store.flush()
        assert until_fate(talk, "acknowledged", "refused")["state"] == "acknowledged"
        say(talk, a_command(client, id="c2", asset="home"))
        assert until_fate(talk, "refused")["code"] == "no-such-asset"
        say(talk, a_command(client, id="c3", site=FOREIGN))
        assert until_fate(talk, "refused")["code"] == "no-such-site"
        talk.send("[" * 20_000)
        while (message := json.loads(talk.recv(timeout=20.0)))["type"] != "error":
            continue
        assert message["code"] == "wrong-message"


def say(talk: Connection, message: Mapping[str, Any]) -> None:
    talk.send(json.dumps(message))


def a_socket(place: str, who: str = f"owner@{OWN}", **more: Any) -> Connection:
    return connect(f"ws://{place}/api/v1/live", additional_headers={"Authorization": f"Bearer {who}"}, **more)


def test_nobody_and_no_foreign_page_gets_a_socket(home: Client) -> None:
    with a_server(home.app) as place:
        for facts in ({"who": ""}, {"origin": "https://evil.example"}):
            with pytest.raises(InvalidStatus):
                a_socket(place, **facts)


def test_who_chooses_no_topics_is_told_nothing_more_and_a_wish_may_begin_later(
    home: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("enerwise.serve.api.live.hub.BEAT_S", 0.5)
    begins = later(home.face.clock.now(), minutes=30)
    with a_server(home.app) as place, a_socket(place) as talk:
        say(talk, {"type": "subscribe", "sites": [OWN], "topics": ["fame"]})
        assert json.loads(talk.recv(timeout=20.0))["code"] == "no-such-topic"
        say(talk, {"type": "subscribe", "sites": [OWN], "topics": ["heartbeat"]})
        assert json.loads(talk.recv(timeout=20.0))["type"] == "heartbeat", "and no snapshot"
        say(talk, {"type": "subscribe", "sites": [OWN], "topics": []})
        say(talk, a_command(home, id="later", **{"from": begins}))
        assert json.loads(talk.recv(timeout=20.0))["state"] == "received"
        talk.send(b"\x00\xff")
        assert json.loads(talk.recv(timeout=20.0))["code"] == "wrong-message"
    leases = {each["id"]: each for each in home.get(f"/sites/{OWN}/overrides").json()["items"]}
    assert leases["later"]["from"] == begins


def test_a_socket_closes_when_nobody_is_signed_in_any_more(home: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("enerwise.serve.api.live.socket.CHECK_S", 0.05)
    accounts = home.face.accounts
    with a_server(home.app) as place, a_socket(place) as talk:
        say(talk, {"type": "subscribe", "sites": [OWN]})
        assert json.loads(talk.recv(timeout=20.0))["site"] == OWN

        async def nobody(request: Any) -> None:
            return None

        monkeypatch.setattr(accounts, "caller", nobody)
        with pytest.raises(ConnectionClosed) as caught:
            while True:
                talk.recv(timeout=20.0)
    assert caught.value.rcvd is not None
    assert (caught.value.rcvd.code, caught.value.rcvd.reason) == (1008, "sign in again")


def test_a_stop_on_the_socket_is_followed_until_everything_rests(tmp_path: Path) -> None:
    client = a_client(tmp_path)
    with a_server(make_server(client.face)) as place, a_socket(place) as talk:
        say(talk, {"type": "subscribe", "sites": [OWN], "topics": ["stop"]})
        say(talk, {"type": "command", "id": "s-1", "site": OWN, "do": "stop"})
        heard: list[dict[str, Any]] = []
        while not is_followed(heard):
            heard.append(json.loads(talk.recv(timeout=20.0)))
        a_door(client).state = "silent"
        client.desk.door_line.is_silent = True  # type: ignore[attr-defined]
        say(talk, {"type": "command", "id": "s-2", "site": OWN, "do": "stop"})
        assert until_fate(talk, "expired", "acknowledged")["by_file"]
    assert [each["state"] for each in heard if each["type"] == "command"] == ["received", "acknowledged"]
    assert {each["data"]["id"] for each in heard if each["type"] == "stop"} == {"s-1"}


def is_followed(heard: list[dict[str, Any]]) -> bool:
    """Tell whether both have come, in whatever order: the fate of the command, and that everything rests."""
    states = {(each["type"], each.get("state") or each.get("data", {}).get("state")) for each in heard}
    return states >= {("command", "acknowledged"), ("stop", "stopped")}


def test_a_site_process_that_hangs_holds_up_no_news_of_the_door(home: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    async def go() -> list[Any]:
        hub, line = a_hub(home), home.desk.site_line
        await hub.ask()

        async def hangs(command: Any, *, patience_s: float = 3.0) -> dict[str, Any]:
            await asyncio.sleep(3600)
            raise AssertionError

        monkeypatch.setattr(line, "ask", hangs)
        listener, looking = hub.listen(), asyncio.create_task(hub.run())
        await asyncio.sleep(0)
        monkeypatch.setattr(a_door(home), "state", "stopped")
        heard = []
        while ("delta", "stopped") not in heard:
            async with asyncio.timeout(5.0):
                kind, content = told(await listener.queue.get() or b"")
            heard.append((kind, content.get("state")))
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
        return heard

    assert asyncio.run(go())[0] == ("snapshot", "running")
