"""The emergency stop of the page: who may, what happens at once, what is confirmed, and what if nobody answers."""

import asyncio
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from enerwise.core.time import instant, now_ns
from enerwise.serve.api import stop_orders
from enerwise.serve.api.face import NoAnswer
from enerwise.serve.api.problems import Trouble
from enerwise.serve.api.stop import BODY_BYTES, THREADS_MOST, StopWay
from enerwise.serve.api.stop_orders import FILE, Order, Orders, leave_file, progress, take_back_file

from .builders import FOREIGN, OWN, ADoor, Client, DoorLine, SomeCallers, a_client

TOKEN = {"Cookie": f"enerwise_stop=stop-{OWN}"}
ORDER = {"id": "s-1", "site": OWN, "what": "site"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Client:
    return a_client(tmp_path_factory.mktemp("stop"), who="")


@pytest.fixture
def home(built: Client, tmp_path: Path) -> Client:
    """The same home, with a door and a folder that nobody has stopped yet."""
    door = ADoor()
    desk = replace(built.desk, folder=tmp_path, door=door, door_line=DoorLine(door))
    return Client(built.app, replace(built.face, desks={**built.face.desks, OWN: desk}), "")


def a_way(home: Client, **more: Any) -> StopWay:
    return StopWay(home.face.desks, SomeCallers().stop_tokens.check, Orders(), origin="http://localhost:8600", **more)


def asked(way: StopWay, *requests: tuple[str, str, dict[str, Any]]) -> list[httpx.Response]:
    """Send requests one after the other, within one life of the loop."""

    async def go() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=way)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8600") as client:
            answers = []
            for method, path, facts in requests:
                answers.append(await client.request(method, path, **facts))
                for thread in way._threads:
                    thread.join()
                await asyncio.gather(*way._tasks)
            return answers

    return asyncio.run(go())


def post(body: Any = None, **facts: Any) -> tuple[str, str, dict[str, Any]]:
    return ("POST", "/stop", {"json": ORDER if body is None else body, "headers": TOKEN, **facts})


def look(stop_id: str = "s-1", **facts: Any) -> tuple[str, str, dict[str, Any]]:
    return ("GET", f"/stop/{stop_id}", {"headers": TOKEN, **facts})


def door_of(home: Client) -> tuple[ADoor, DoorLine]:
    door, line = home.desk.door, home.desk.door_line
    assert isinstance(door, ADoor)
    assert isinstance(line, DoorLine)
    return door, line


def test_a_stop_is_received_and_carried_out_and_confirmed_by_what_was_read_back(home: Client) -> None:
    received, told = asked(a_way(home), post(), look())
    assert (received.status_code, received.json()["id"]) == (202, "s-1")
    assert [each["do"] for each in door_of(home)[1].asked] == ["stop"]
    assert told.json()["state"] == "stopped"
    assert 0 <= told.json()["answered_ms"] < 5000.0
    (device,) = told.json()["devices"]
    assert (device["name"], device["place"]) == ("Hybrid inverter", "fuse 7")
    assert device["confirmed_ms"] is not None
    assert told.json()["main_switch"] == "in the cellar, left of the door"


def test_the_same_id_is_the_same_stop(home: Client) -> None:
    first, again, other = asked(a_way(home), post(), post(), post({**ORDER, "id": "s-2"}))
    assert first.json() == again.json()
    assert other.status_code == 202
    assert len(door_of(home)[1].asked) == 2


def test_nothing_counts_as_confirmed_that_still_moves(home: Client) -> None:
    way, (door, _) = a_way(home), door_of(home)
    asked(way, post())
    order = way._orders.sent("s-1")
    assert order is not None
    order.confirmed_ms.clear()
    door.power_w["battery"] = 2500.0
    told = progress(order, home.desk, order.began_ns + 10**9)
    assert (told["state"], told["devices"][0]["confirmed_ms"]) == ("stopping", None)
    # It has taken its safe value: a machine needs some time to come to rest, and has it.
    assert progress(order, home.desk, order.began_ns + 4 * 10**9)["state"] == "stopping"
    late = progress(order, home.desk, order.began_ns + 6 * 10**9)
    assert (late["state"], late["missing"]) == ("missing", ["hybrid"])
    door.power_w |= {"battery": 20.0, "roof": -2400.0}
    assert progress(order, home.desk, now_ns())["devices"][0]["confirmed_ms"] is None, "the sun is to rest as well"
    door.power_w["roof"] = -20.0
    assert progress(order, home.desk, now_ns())["state"] == "stopped"


def test_what_the_door_counts_as_missing_has_confirmed_nothing_however_still_it_lies(home: Client) -> None:
    way = a_way(home)
    asked(way, post())
    order = way._orders.sent("s-1")
    assert order is not None
    order.confirmed_ms.clear()
    order.answer = {"ok": False, "acked_ms": {"battery": 4.0}, "missing": ["roof"]}
    told = progress(order, home.desk, order.began_ns + 2 * 10**9)
    assert (told["state"], told["missing"], told["acked_ms"]) == ("missing", ["hybrid"], {"battery": 4.0})


def test_what_was_read_before_the_stop_confirms_nothing(home: Client) -> None:
    way = a_way(home)
    asked(way, post())
    order = way._orders.sent("s-1")
    assert order is not None
    order.confirmed_ms.clear()
    order.began_ns = now_ns() + 10**9
    assert progress(order, home.desk, order.began_ns)["devices"][0]["confirmed_ms"] is None


@pytest.mark.parametrize("silence", ["line", "device"])
def test_silence_is_told_and_never_ticked(home: Client, silence: str) -> None:
    door, line = door_of(home)
    line.is_silent, door.is_fresh = silence == "line", silence != "device"
    way = a_way(home)
    received, _ = asked(way, post(), look())
    order = way._orders.sent("s-1")
    assert received.status_code == 202
    assert order is not None
    told = progress(order, home.desk, order.began_ns + 2 * 10**9)
    assert (told["state"], told["missing"], told["by_file"]) == ("missing", ["hybrid"], silence == "line")
    assert bool(told["why"]) == (silence == "line")
    assert (home.desk.folder / FILE).exists() == (silence == "line"), "the second way to the door is its stop file"


@pytest.mark.parametrize(
    "facts",
    [
        {"headers": {}},
        {"headers": {"Cookie": "enerwise_stop=forged"}},
        {"json": {**ORDER, "site": FOREIGN}},
        {"json": {**ORDER, "site": "nowhere"}},
    ],
)
def test_nobody_stops_without_a_token_for_that_site(home: Client, facts: dict[str, Any]) -> None:
    (answer,) = asked(a_way(home), post(**facts))
    assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")
    assert not door_of(home)[1].asked


def test_a_door_that_takes_its_time_finds_the_file_and_it_goes_when_the_door_has_stopped(
    home: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stop_orders, "FILE_S", 0.01)
    line, seen = door_of(home)[1], list[bool]()
    answered = line.ask

    async def slow(command: Any, *, patience_s: float = 3.0) -> dict[str, Any]:
        while not seen or not seen[-1]:
            await asyncio.sleep(0.005)
            seen.append((home.desk.folder / FILE).exists())
        return await answered(command)

    monkeypatch.setattr(line, "ask", slow)
    order = Order("s-1", OWN, "ada", instant("2026-05-14T14:40Z"), now_ns())
    asyncio.run(stop_orders.carry_out(order, home.desk))
    assert seen[-1]
    assert order.by_file
    assert not (home.desk.folder / FILE).exists()
    assert progress(order, home.desk, now_ns())["state"] == "stopped"


def test_a_door_that_has_stopped_needs_no_file_where_only_its_answer_was_lost(
    home: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    door, line = door_of(home)

    async def lost(command: Any, *, patience_s: float = 3.0) -> dict[str, Any]:
        door.do(command)
        raise NoAnswer("door.sock: no answer in time")

    monkeypatch.setattr(line, "ask", lost)
    (_, told) = asked(a_way(home), post(), look())
    assert (told.json()["state"], told.json()["by_file"]) == ("stopped", False)
    assert not (home.desk.folder / FILE).exists(), "it would bar the start after the reset"


def test_a_stop_file_of_others_is_never_taken_away(tmp_path: Path) -> None:
    assert leave_file(tmp_path, "s-1")
    assert not leave_file(tmp_path, "s-2")
    take_back_file(tmp_path)
    assert not (tmp_path / FILE).exists()
    (tmp_path / FILE).write_bytes(b"\xff flood sensor")
    take_back_file(tmp_path)
    assert (tmp_path / FILE).exists()


def test_a_site_of_twins_is_never_said_to_be_stopped_by_a_file_that_nobody_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    twin = a_client(tmp_path, twin=True)

    async def nobody(command: Any, *, patience_s: float = 3.0) -> dict[str, Any]:
        raise NoAnswer("site.sock: no answer in time")

    monkeypatch.setattr(twin.desk.site_line, "ask", nobody)
    order = Order("s-1", OWN, "ada", instant("2026-05-14T14:40Z"), now_ns())
    asyncio.run(stop_orders.carry_out(order, twin.desk))
    told = progress(order, twin.desk, now_ns())
    assert (told["state"], told["by_file"], told["why"]) == ("received", False, "site.sock: no answer in time")
    assert not (twin.desk.folder / FILE).exists()


def test_the_same_stop_on_two_ways_at_once_is_sent_to_the_door_once(home: Client) -> None:
    way, together = a_way(home), threading.Barrier(8)

    def press(which: StopWay) -> None:
        together.wait()
        asked(which, *[post({**ORDER, "id": f"s-{count}"}) for count in range(20)])

    pressing = [threading.Thread(target=press, args=(way.alone(),)) for _ in range(8)]
    for each in pressing:
        each.start()
    for each in pressing:
        each.join()
    assert way.count == len(door_of(home)[1].asked) == 20


def test_a_stop_waits_for_no_busy_loop(home: Client) -> None:
    way, line = a_way(home), door_of(home)[1]

    async def go() -> int:
        way.begin(home.desk, "s-1", "ada")
        for thread in way._threads:
            thread.join()  # nothing else runs on this loop meanwhile
        return len(line.asked)

    assert asyncio.run(go()) == 1


def test_very_many_stops_take_a_bounded_number_of_threads(home: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    line, goes_on = door_of(home)[1], threading.Event()
    answered = line.ask

    async def waits(command: Any, *, patience_s: float = 3.0) -> dict[str, Any]:
        await asyncio.to_thread(goes_on.wait, 5.0)
        return await answered(command)

    monkeypatch.setattr(line, "ask", waits)
    way = a_way(home)

    async def go() -> int:
        for count in range(3 * THREADS_MOST):
            way.begin(home.desk, f"s-{count}", "ada")
        threads = len(way._threads)
        goes_on.set()
        for thread in way._threads:
            thread.join()
        await asyncio.gather(*way._tasks)
        return threads

    assert asyncio.run(go()) == THREADS_MOST
    assert len(line.asked) == 3 * THREADS_MOST


@pytest.mark.parametrize("trouble", [Trouble(403, "forged", "no word"), RuntimeError("the disk is gone")])
def test_a_proof_that_cannot_be_looked_up_is_no_proof_and_no_fault(home: Client, trouble: Exception) -> None:
    way = a_way(home)

    async def ask(scope: Any, site: str) -> str | None:
        raise trouble

    way.ask = ask
    received, refused = asked(way, post(), post({**ORDER, "id": "s-2"}, headers={}))
    assert [received.status_code, refused.status_code] == [202, 401]


def test_who_names_a_device_stops_the_site_and_is_told_so(home: Client) -> None:
    (answer,) = asked(a_way(home), post({**ORDER, "what": "device:hybrid"}))
    assert (answer.status_code, answer.json()["what"]) == (202, "site")
    assert [each["do"] for each in door_of(home)[1].asked] == ["stop"]


def test_a_stop_is_followed_only_by_who_may_stop(home: Client) -> None:
    _, told, missing = asked(a_way(home), post(), look(headers={}), look("s-9"))
    assert [told.status_code, missing.status_code] == [404, 404]


@pytest.mark.parametrize(
    "facts",
    [
        {"content": b"{", "json": None},
        {"content": b"[]", "json": None},
        {"content": b"x" * (BODY_BYTES + 1), "json": None},
        {"json": {**ORDER, "id": "../../etc"}},
        {"json": {**ORDER, "id": ""}},
        {"json": {**ORDER, "what": "everything"}},
        {"json": {"id": "s"}},
    ],
)
def test_a_stop_that_cannot_be_understood_says_what_to_send(home: Client, facts: dict[str, Any]) -> None:
    (answer,) = asked(a_way(home), post(**facts))
    assert answer.status_code == 422
    assert "id" in answer.json()["detail"]


def test_a_session_or_key_will_do_where_the_server_has_time(home: Client) -> None:
    way = a_way(home)

    async def ask(scope: Any, site: str) -> str | None:
        return "key-1" if site == OWN else None

    way.ask = ask
    (answer,) = asked(way, post(headers={}))
    assert answer.status_code == 202
    (alone,) = asked(way.alone(), post({**ORDER, "id": "s-3"}, headers={}))
    assert alone.status_code == 401


def test_the_page_may_call_another_port_of_its_host_and_nobody_else(home: Client) -> None:
    way = a_way(home)
    here, there = asked(
        way,
        ("OPTIONS", "/stop", {"headers": {"Origin": "http://localhost:8600", "Host": "localhost:8601"}}),
        ("OPTIONS", "/stop", {"headers": {"Origin": "https://evil.example", "Host": "localhost:8601"}}),
    )
    assert here.headers["access-control-allow-origin"] == "http://localhost:8600"
    assert "access-control-allow-origin" not in there.headers


def test_everything_else_goes_on_to_what_is_behind(home: Client) -> None:
    heard: list[str] = []

    async def behind(scope: Any, receive: Any, send: Any) -> None:
        heard.append(scope["path"])
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    through, alone = asked(a_way(home, behind=behind), ("GET", "/stopwatch", {})), asked(a_way(home), ("GET", "/", {}))
    assert (through[0].status_code, heard, alone[0].status_code) == (204, ["/stopwatch"], 404)
