"""Devices: how they answer, what they were told, and the way to a new one, against a simulated plant."""

import asyncio
import dataclasses
import json
import time
from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path

import pytest

from enerwise.run.plant.host import Host
from enerwise.serve import device_search
from enerwise.serve.api.app import make_app
from enerwise.serve.sign_check import SignWatch
from enerwise.site.read import read_site
from tests.peers.ports import free_port
from tests.safety.devices import a_live_plant

from .builders import FOREIGN, HOME, OWN, ADoor, Client, a_client


@pytest.fixture(scope="module")
def plant() -> Iterator[tuple[int, Host]]:
    port = free_port()
    site = read_site(HOME.format(name="Plant").replace("127.0.0.1:15020", f"127.0.0.1:{port}"))
    with a_live_plant(site, load_w=900.0, sun_w=-2500.0) as host:
        yield port, host


@pytest.fixture
def filed(tmp_path: Path) -> Client:
    """A home with a site file that may be changed."""
    client = a_client(tmp_path)
    path = tmp_path / "home.yaml"
    path.write_text("# Our home.\n" + HOME.format(name="Lindenweg 8"), encoding="utf-8")
    face = client.face
    desks = {**face.desks, OWN: dataclasses.replace(face.desks[OWN], site_path=path)}
    changed = dataclasses.replace(face, desks=desks)
    return Client(make_app(changed), changed, client.who)


NEW = {
    "id": "meter-2", "name": "Meter: the new one", "place": "fuse 9, \"cellar\"",
    "address": "127.0.0.1:15040", "unit_id": 3, "profile": "sunspec_meter",
    "serves": {"meter": "boiler"}, "signs": {"meter": "measured"},
}  # fmt: skip


def door(client: Client) -> ADoor:
    found = client.desk.door
    assert isinstance(found, ADoor)
    return found


# ---------------------------------------------------------------------------------------------------------------
# What there is


def test_every_device_says_how_it_answers(home: Client) -> None:
    page = home.as_(f"viewer@{OWN}").get(f"/sites/{OWN}/devices").json()
    (hybrid,) = page["items"]
    assert page["next"] is None
    assert hybrid["name"] == "Hybrid inverter"
    assert hybrid["place"] == "fuse 7"
    assert hybrid["answers"] is True
    assert hybrid["serves"] == {"battery": "battery", "pv": "roof", "meter": "grid"}
    assert hybrid["soc_ratio"] == 0.66
    assert hybrid["power_w"] is None, "it serves three things: none of them is its power"
    assert hybrid["last_at"].endswith("Z")


def test_a_device_tells_values_limits_and_its_own_watchdog(home: Client) -> None:
    told = home.get(f"/sites/{OWN}/devices/hybrid").json()
    values = {each["key"]: each for each in told["values"]}
    assert values["battery.power_w"]["value"] == 800.0
    assert 0.0 <= values["battery.power_w"]["age_s"] < 5.0
    assert values["roof.power_w"]["role"] == "pv"
    silent = [each for each in told["values"] if each["value"] is None]
    assert silent, "what it should measure and does not is there without a value"
    limits = {each["name"]: each["value"] for each in told["limits"]}
    assert limits["charge"] == 5000.0
    assert limits["import"] == 9000.0
    assert "switched" not in limits, "the boiler is not its own"
    assert told["comms_loss"]["seconds"] == 5.0
    assert told["comms_loss"]["holds"] is True
    assert told["write_count"] == 7


def test_a_silent_device_says_why(tmp_path: Path) -> None:
    client = a_client(tmp_path)
    door(client).is_fresh = False
    told = client.get(f"/sites/{OWN}/devices/hybrid").json()
    assert told["answers"] is False
    assert told["problems"] == ["no answer"]
    assert told["comms_loss"]["holds"] is None


def test_commands_go_from_what_was_asked_to_what_was_seen(home: Client) -> None:
    first = home.get(f"/sites/{OWN}/devices/hybrid/commands?limit=3").json()
    assert len(first["items"]) >= 3
    newest = next(each for each in first["items"] if each["asset"] == "battery")
    assert newest["granted_w"] == newest["sent_w"]
    assert newest["outcome"] in ("granted", "cut", "relief")
    assert newest["who"]
    seen, cursor = [each["id"] for each in first["items"]], first["next"]
    while cursor:
        page = home.get(f"/sites/{OWN}/devices/hybrid/commands", params={"limit": 3, "cursor": cursor}).json()
        seen += [each["id"] for each in page["items"]]
        cursor = page["next"]
    assert len(seen) == len(set(seen))
    assert len(seen) >= 8
    assert home.get(f"/sites/{OWN}/devices/hybrid/commands?cursor=yesterday").status_code == 422


def test_what_is_not_there_is_not_found(home: Client) -> None:
    assert home.get(f"/sites/{OWN}/devices/nothing").status_code == 404
    assert home.get(f"/sites/{OWN}/devices/nothing/commands").status_code == 404
    assert home.get(f"/sites/{FOREIGN}/devices").status_code == 404
    assert home.get("/devices/find/nothing").json()["code"] == "no-such-job"


def test_today_adds_up_what_was_measured(home: Client) -> None:
    from enerwise.core.time import local_day_start
    from enerwise.serve.api.device_view import today_kwh

    now = home.face.clock.now()
    found = today_kwh(home.desk.store, "home", local_day_start(now, "Europe/Berlin"), now)
    assert found is not None
    assert 0.05 < found < 5.0
    assert today_kwh(home.desk.store, "nobody", local_day_start(now, "Europe/Berlin"), now) is None


# ---------------------------------------------------------------------------------------------------------------
# The way to a new one


def test_products_and_networks_are_listed(home: Client) -> None:
    names = [each["name"] for each in home.get("/devices/profiles").json()["items"]]
    assert "generic_hybrid" in names
    assert home.as_(f"viewer@{OWN}").get("/devices/profiles").status_code == 403
    assert isinstance(home.get("/devices/networks").json()["items"], list)


def test_networks_of_this_machine_are_read_from_the_kernels_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
    rows = [
        "eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0",
        "eth0\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
        "wan0\t00002D08\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
    ]
    (tmp_path / "route").write_text(head + "\n".join(rows) + "\n", encoding="ascii")
    monkeypatch.setattr(device_search, "ROUTES", tmp_path / "route")
    assert device_search.networks() == ["192.168.1.0/24"], "no gateway, and no network of others"
    monkeypatch.setattr(device_search, "ROUTES", tmp_path / "none")
    assert device_search.networks() == []


def test_a_search_finds_who_answers_and_ends(home: Client, plant: tuple[int, Host]) -> None:
    begun = home.post("/devices/find", {"network": "127.0.0.1/32", "port": plant[0]})
    assert begun.status_code == 202
    job = begun.json()["id"]
    end_s = time.monotonic() + 20.0
    while (told := home.get(f"/devices/find/{job}").json())["state"] == "running":
        assert time.monotonic() < end_s
        time.sleep(0.02)
    assert told["state"] == "done"
    assert (told["asked"], told["total"]) == (1, 1)
    assert told["found"][0]["address"] == f"127.0.0.1:{plant[0]}"
    assert home.as_(f"installer@{OWN}").get(f"/devices/find/{job}").status_code == 404, "a job is its owner's"


def test_a_search_can_be_ended_and_there_are_not_many_at_once(home: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(host: str, port: int) -> None:
        time.sleep(0.05)

    monkeypatch.setattr(device_search, "ask", slow)
    jobs = [home.post("/devices/find", {"network": "10.1.0.0/22"}).json()["id"] for _ in range(2)]
    assert home.post("/devices/find", {"network": "10.1.0.0/22"}).status_code == 429
    for job in jobs:
        assert home.delete(f"/devices/find/{job}").status_code == 204
    end_s = time.monotonic() + 20.0
    while any(home.get(f"/devices/find/{job}").json()["state"] == "running" for job in jobs):
        assert time.monotonic() < end_s
        time.sleep(0.02)
    told = home.get(f"/devices/find/{jobs[0]}").json()
    assert told["state"] == "cancelled"
    assert told["asked"] < told["total"]


@pytest.mark.parametrize(
    ("network", "words"),
    [
        ("8.8.8.0/24", "not a network of your own"),
        ("169.254.169.254/32", "not a network of your own"),
        ("224.0.0.0/24", "not a network of your own"),
        ("0.0.0.0/0", "not a network of your own"),
        ("10.0.0.0/8", "has 16777216 addresses"),
        ("::ffff:8.8.8.8/128", "not a network of your own"),
        ("home", "is no network"),
    ],
)
def test_only_networks_of_ones_own_are_asked(network: str, words: str, home: Client) -> None:
    answer = home.post("/devices/find", {"network": network})
    assert answer.status_code == 422
    assert words in answer.json()["detail"]


@pytest.mark.parametrize(
    "address", ["8.8.8.8:502", "169.254.169.254:80", "[::ffff:8.8.8.8]:502", "0.0.0.0:502", "[fe80::1]:502", "0:502"]
)
def test_this_server_is_nobodys_way_into_foreign_networks(address: str, home: Client) -> None:
    for answer in (
        home.post("/devices/probe", {"address": address}),
        home.post(f"/sites/{OWN}/devices", {**NEW, "address": address}),
    ):
        assert answer.status_code in (409, 422)
        assert "own" in answer.json()["detail"] or answer.json()["code"] == "no-site-file"


def test_a_probe_shows_what_a_profile_reads(home: Client, plant: tuple[int, Host]) -> None:
    asked = {"address": f"127.0.0.1:{plant[0]}", "profile": "generic_hybrid"}
    (match,) = home.post("/devices/probe", asked).json()["matches"]
    assert match["makes_sense"]
    values = {(each["role"], each["quantity"]): each["value"] for each in match["values"]}
    assert -2600.0 < values["pv", "power_w"] < 0.0, "the house sign: what comes out of it is below zero"
    every = home.post("/devices/probe", {"address": f"127.0.0.1:{plant[0]}"}).json()["matches"]
    assert "generic_hybrid" in [each["profile"] for each in every if each["makes_sense"]]


def test_a_probe_of_nobody_or_by_an_unknown_profile_says_so(home: Client) -> None:
    silent = home.post("/devices/probe", {"address": f"127.0.0.1:{free_port()}", "profile": "generic_hybrid"})
    assert silent.status_code == 422
    assert "nobody answers" in silent.json()["detail"]
    assert home.post("/devices/probe", {"address": "127.0.0.1:502", "profile": "made_up"}).status_code == 422
    assert home.post("/devices/probe", {"address": "127.0.0.1:502", "profile": "../etc"}).status_code == 422


# ---------------------------------------------------------------------------------------------------------------
# Adding one


def test_a_new_device_stands_in_the_file_with_its_comments_and_the_old_file_is_kept(filed: Client) -> None:
    path = filed.desk.site_path
    assert path is not None
    before = path.read_text(encoding="utf-8")
    answer = filed.post(f"/sites/{OWN}/devices", NEW)
    assert answer.status_code == 201, answer.text
    assert answer.json()["restart_needed"]
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# Our home.\n")
    assert (path.parent / answer.json()["old_file"]).read_text(encoding="utf-8") == before
    added = {each.id: each for each in read_site(text).devices}["meter-2"]
    assert added.name == NEW["name"]
    assert added.place == NEW["place"]
    assert added.unit_id == 3
    assert added.is_read_only
    listed = {each["id"]: each for each in filed.get(f"/sites/{OWN}/devices").json()["items"]}
    assert listed["meter-2"]["waits_for_start"]
    assert not listed["hybrid"]["waits_for_start"]
    assert filed.get(f"/sites/{OWN}/devices/meter-2").json()["waits_for_start"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"id": "hybrid"}, "hybrid"),
        ({"serves": {"meter": "pool"}}, "pool"),
        ({"serves": {"wheel": "boiler"}}, "wheel"),
        ({"profile": "made_up"}, "there is no profile"),
        ({"signs": {"meter": "turned"}}, "sign"),
    ],
)
def test_a_wrong_device_changes_nothing(change: dict[str, object], words: str, filed: Client) -> None:
    path = filed.desk.site_path
    assert path is not None
    before = sorted(path.parent.iterdir()), path.read_text(encoding="utf-8")
    answer = filed.post(f"/sites/{OWN}/devices", {**NEW, **change})
    assert answer.status_code == 422, answer.text
    assert words in answer.json()["detail"]
    assert (sorted(path.parent.iterdir()), path.read_text(encoding="utf-8")) == before


@pytest.mark.parametrize("text", ['x", injected: "y', "a\nassets: []", "}: {", "{{ }}", "ä # no comment", "''", "yes"])
def test_no_name_becomes_anything_but_a_name(text: str, filed: Client) -> None:
    path = filed.desk.site_path
    assert path is not None
    answer = filed.post(f"/sites/{OWN}/devices", {**NEW, "name": text})
    if answer.status_code == 201:
        site = read_site(path.read_text(encoding="utf-8"))
        assert site.devices[-1].name.split() == text.split()
        assert site.assets == filed.desk.site.assets
    else:
        assert answer.status_code == 422


def test_only_who_may_configure_adds(filed: Client) -> None:
    assert filed.as_(f"operator@{OWN}").post(f"/sites/{OWN}/devices", NEW).status_code == 403
    assert filed.as_(f"installer@{OWN}").post(f"/sites/{OWN}/devices", NEW).status_code == 201
    assert filed.as_(f"owner@{FOREIGN}").post(f"/sites/{OWN}/devices", NEW).status_code == 404


def test_signs_of_the_last_commissioning_are_told(filed: Client) -> None:
    path = filed.desk.site_path
    assert path is not None
    report = {
        "at": "2026-05-01T10:00Z",
        "who": "Ada",
        "steps": [{"name": "sign of the meter", "outcome": "passed", "words": "+2 kW"}],
    }
    path.with_suffix(".commissioning.json").write_text(json.dumps(report), encoding="utf-8")
    told = filed.get(f"/sites/{OWN}/devices/hybrid").json()["signs"]
    assert told == {"at": "2026-05-01T10:00Z", "who": "Ada", "result": "passed: +2 kW"}


# ---------------------------------------------------------------------------------------------------------------
# The sign


@pytest.mark.parametrize(("after_w", "verdict"), [(2300.0, "right"), (-1700.0, "turned"), (600.0, "unclear")])
def test_a_kettle_tells_the_sign(after_w: float, verdict: str) -> None:
    powers = chain([300.0] * 6, [2300.0, 300.0], repeat(after_w))
    watch = SignWatch(lambda: next(powers), 2000.0)
    asyncio.run(watch.watch(look_s=0.0, patience_s=0.2))
    told = watch.told()
    assert told["state"] == "done"
    assert told["verdict"] == verdict
    assert told["before_w"] == 300.0
    if verdict == "unclear":
        assert "use a larger one" in told["why"]


def test_a_meter_that_falls_silent_ends_the_check() -> None:
    powers = iter([300.0] * 6 + [None] * 10)
    watch = SignWatch(lambda: next(powers), 2000.0)
    asyncio.run(watch.watch(look_s=0.0))
    assert watch.told()["state"] == "failed"
    assert watch.told()["verdict"] is None


def test_a_check_is_begun_and_looked_at_by_whoever_began_it(home: Client) -> None:
    begun = home.post(f"/sites/{OWN}/devices/check-sign", {})
    assert begun.status_code == 202
    assert begun.json()["device"] == "hybrid"
    assert begun.json()["state"] == "before"
    job = begun.json()["id"]
    assert home.get(f"/sites/{OWN}/devices/check-sign/{job}").status_code == 200
    assert home.as_(f"installer@{OWN}").get(f"/sites/{OWN}/devices/check-sign/{job}").status_code == 404
    assert home.post(f"/sites/{OWN}/devices/check-sign", {"device": "nobody"}).status_code == 422
