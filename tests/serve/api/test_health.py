"""Health and figures: a word for everybody, reasons for those who may see, and nothing by network position."""

import asyncio
import dataclasses
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import numpy as np
import pytest

from enerwise.core.event import Event, Json, Kind
from enerwise.core.time import VirtualClock
from enerwise.serve import health
from enerwise.serve.api.face import Face
from enerwise.serve.api.observed import Observed
from enerwise.serve.api.server import make_server
from enerwise.serve.metrics import Metrics

from .builders import FOREIGN, OWN, ADoor, Client, a_client, app_of


@pytest.fixture
def own(tmp_path: Path) -> Client:
    return a_client(tmp_path)


def door(client: Client) -> ADoor:
    found = client.desk.door
    assert isinstance(found, ADoor)
    return found


def parts(client: Client) -> dict[str, health.Part]:
    return {each.name: each for each in health.parts(client.desk, client.face.clock.now())}


def later(client: Client, seconds: float) -> None:
    clock = client.face.clock
    assert isinstance(clock, VirtualClock)
    clock.jump_to(clock.now() + np.timedelta64(int(seconds * 1000), "ms"))


def test_everybody_hears_one_word_and_no_reason(own: Client) -> None:
    answer = own.as_("")("GET", "/health")
    assert answer.json() == {"status": "ok"}
    assert own.as_("").get("/health").status_code == 401
    assert own.as_("").get(f"/sites/{OWN}/health").status_code == 401


def test_who_may_see_hears_every_part(own: Client) -> None:
    told = own.as_(f"viewer@{OWN}").get(f"/sites/{OWN}/health").json()
    assert told["status"] == "ok"
    names = [each["name"] for each in told["parts"]]
    assert names == ["door", "site", "brain", "store", "disk", "clock", "device hybrid"]
    assert own.as_(f"viewer@{OWN}").get(f"/sites/{FOREIGN}/health").status_code == 404
    assert [each["site"] for each in own.as_(f"viewer@{OWN}").get("/health").json()["sites"]] == [OWN]


def test_a_silent_door_fails_and_a_balancer_hears_503(own: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ADoor, "look", lambda self: None)
    answer = own.as_("")("GET", "/health")
    assert answer.status_code == 503
    assert answer.json() == {"status": "failing"}
    assert "devices rest by their own watchdogs" in parts(own)["door"].why


def test_parts_say_why(own: Client) -> None:
    door(own).state, door(own).why = "stopped", "smoke"
    door(own).is_fresh = False
    assert parts(own)["door"] == health.Part("door", "degraded", "stopped: smoke")
    assert parts(own)["device hybrid"] == health.Part("device hybrid", "degraded", "no answer")
    later(own, 3000)
    assert parts(own)["site"] == health.Part("site", "degraded", "the last turn was 3900 s ago")
    later(own, 6000)
    late = parts(own)
    assert late["site"].status == "failing"
    assert late["brain"].status == "degraded"
    assert "min old" in late["brain"].why
    assert late["store"].status == "degraded"


@pytest.mark.parametrize(("free", "status"), [(0.5, "ok"), (0.04, "degraded"), (0.005, "failing")])
def test_a_full_disk_is_told_of(free: float, status: str, own: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = SimpleNamespace(total=1000.0, free=1000.0 * free)
    monkeypatch.setattr("enerwise.serve.health.shutil.disk_usage", lambda path: usage)
    assert parts(own)["disk"].status == status


def test_a_clock_that_moved_is_told_of(own: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    told = door(own).look()
    assert told is not None
    moved = dataclasses.replace(told, health={**told.health, "clock_shift_s": -90.0})
    monkeypatch.setattr(ADoor, "look", lambda self: moved)
    assert "moved by -90 s" in parts(own)["clock"].why


def test_figures_need_a_key_wherever_one_stands(own: Client) -> None:
    assert own.as_("")("GET", "/metrics").status_code == 401
    seen = own.as_(f"viewer@{OWN}")("GET", "/metrics").text
    assert f'enerwise_door_state{{site="{OWN}",state="running"}} 1.0' in seen
    assert f'enerwise_grid_power_watts{{site="{OWN}"}} -600.0' in seen
    assert FOREIGN not in seen, "a foreign site is not there"
    opened = dataclasses.replace(own.face, settings={"opens_metrics": True})
    assert FOREIGN in Client(make_server(opened), opened, "")("GET", "/metrics").text


def test_failures_and_refusals_are_counted(own: Client, tmp_path: Path) -> None:
    from enerwise.store.sqlite import SqliteStore

    now = own.face.clock.now()
    store = SqliteStore(tmp_path / f"{OWN}.db")
    store.note(
        [Event("x/1", now, Kind.FAULT, "planning", {"error": "no solver"}), Event("x/2", now, Kind.REJECTED, "a", {})]
    )
    store.close()
    found = health.figures(own.desk, now + np.timedelta64(1, "s"), own.desk.door.look())
    assert (found.plan_failures, found.refused_count) == (1, 1)
    assert found.store_bytes is not None
    assert found.store_bytes > 10_000


def test_requests_are_counted_by_the_template_of_their_route(own: Client) -> None:
    face = own.face
    client = Client(make_server(face), face, f"owner@{OWN}")
    client.get(f"/sites/{OWN}/health")
    client.get("/sites/no-such-place/health")
    client("GET", "/api/v1/<script>")
    client("BREW", "/health")
    text = client("GET", "/metrics").text
    assert 'enerwise_http_requests_total{method="GET",route="/api/v1/sites/{site}/health",status="200"} 1.0' in text
    assert 'route="/api/v1/sites/{site}/health",status="404"} 1.0' in text
    assert "<script>" not in text
    assert "no-such-place" not in text
    assert "BREW" not in text


def test_answers_carry_an_id_and_safe_headers(own: Client) -> None:
    client = Client(make_server(own.face), own.face, f"owner@{OWN}")
    answer = client.get(f"/sites/{OWN}/health", headers={"X-Request-Id": "from-a-proxy-1"})
    assert answer.headers["x-request-id"] == "from-a-proxy-1"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    forged = client.get(f"/sites/{OWN}/health", headers={"X-Request-Id": 'a"} {"level":"info'})
    assert len(forged.headers["x-request-id"]) == 16


def test_a_request_that_breaks_counts_as_broken_and_streams_as_live_clients() -> None:
    metrics = Metrics()
    seen: list[float] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/broken":
            raise RuntimeError("no such luck")
        headers = [(b"content-type", b"text/event-stream; charset=utf-8")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        seen.append(metrics.live_clients.labels("events")._value.get())
        await send({"type": "http.response.body", "body": b""})

    async def go() -> None:
        transport = httpx.ASGITransport(app=Observed(app, metrics), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            await client.get("/broken")
            await client.get("/events")

    asyncio.run(go())
    assert seen == [1.0]
    assert metrics.live_clients.labels("events")._value.get() == 0.0
    assert 'status="500"} 1.0' in metrics.text(()).decode()


def test_stops_are_counted_once(own: Client) -> None:
    metrics = Metrics()
    for count in (0, 1, 1, 3, 0):
        metrics.follow_stops(count)
    assert "enerwise_stop_requests_total 3.0" in metrics.text(()).decode()


def test_the_application_shows_figures_without_its_server(own: Client) -> None:
    assert own("GET", "/metrics").status_code == 200
    assert isinstance(app_of(own).state.metrics, Metrics)
    assert isinstance(own.face, Face)


def test_the_brain_tells_who_foresaw_its_plan_and_why_it_was_no_trained_model(own: Client) -> None:
    told = {
        "home.power_w": {"model": "learned 2024-07-01-15min, 63% beside the floor"},
        "roof.available_power_w": {"model": "blend", "because": "no model is trained yet"},
    }
    store = SimpleNamespace(
        events=lambda **_: [Event("f", np.datetime64(0, "ms"), Kind.FORECAST, "s", {"channels": told})]
    )
    words = list(health._forecasters(dataclasses.replace(own.desk, store=store)))
    assert words == [
        "home.power_w foreseen by learned 2024-07-01-15min, 63% beside the floor",
        "roof.available_power_w foreseen by blend (no model is trained yet)",
    ]


def test_the_brain_names_the_devices_it_took_otherwise_than_declared(own: Client) -> None:
    world = own.desk.site_line.desk._world  # type: ignore[attr-defined]
    models: dict[str, Json] = {
        "battery.battery": {"model": "2024-06-01-identified", "round_trip_ratio": 0.82},
        "heat.building": {"model": "declared", "because": "the site file has changed"},
    }
    payload: dict[str, Json] = {"models": models, "broken": []}
    site = dataclasses.replace(own.desk.site, control=dataclasses.replace(own.desk.site.control, mode="follow_plan"))
    world.store.note([Event("plan", own.face.clock.now(), Kind.PLANNED, OWN, payload)])
    world.store.flush()
    desk = dataclasses.replace(own.desk, site=site)
    (brain,) = [each for each in health.parts(desk, own.face.clock.now()) if each.name == "brain"]
    assert "battery.battery planned with 2024-06-01-identified (round trip 82 %)" in brain.why
    assert "heat.building planned with declared (the site file has changed)" in brain.why
