"""The live demo: four weeks behind it, a first plan soon, machines that move, a life that goes on where it ended."""

import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from enerwise.core.event import Kind
from enerwise.core.quantity import ENERGY_WH, POWER_W
from enerwise.core.series import Key
from enerwise.core.time import DAY_S, LiveClock, instant
from enerwise.serve.commands.live_demo import _has_desktop
from enerwise.serve.control import command_door
from enerwise.serve.demo_home import DemoFiles, fill, life, write_site
from enerwise.serve.market_office import look_over
from enerwise.store.sqlite import SqliteStore

from .test_face import command_of, descendants, free_pair, got, running

NOW = instant("2026-05-20T10:07Z")


def test_the_demo_shows_its_page_and_a_first_plan_within_20_s_of_the_servers_start(tmp_path: Path) -> None:
    port = free_pair()
    with running(tmp_path, "--demo", "--out", str(tmp_path / "demo"), "--port", str(port)) as run:
        told = run.until(r"sign in as (\S+) with the password (\S+)", patience_s=120.0)
        began = LiveClock().now()
        assert got(f"http://127.0.0.1:{port}/api/v1/auth/state")[0] == 200
        with closing(SqliteStore(tmp_path / "demo" / "home.db", read_only=True)) as store:
            while not store.events(kind=Kind.PLANNED, start_utc=began - np.timedelta64(20, "s"), limit=1):
                assert LiveClock().now() - began < np.timedelta64(20, "s"), run.said()
                time.sleep(0.1)
        run.until("Door: running")
        plants = [each for each in descendants(run.process.pid) if "demo_plant" in command_of(each)]
        state = command_door(tmp_path / "demo" / "home.run" / "door.sock", {"do": "state"})
        assert [each["fresh"] for each in state["units"]] == [True, True]
        assert told[2] == (tmp_path / "demo" / "home.run" / "accounts" / "demo-owner.password").read_text().strip()
        # The street has traded before anybody looks: everything in it follows from its first entry.
        street = look_over(tmp_path / "demo" / "home.run" / "market-street.db")
        assert len(street.slots) > 60
        assert all(each.is_signed for each in street.slots)
    assert len(plants) == 1
    assert not any("demo_plant" in command_of(each) for each in plants), "no machine outlives the demo"


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> DemoFiles:
    files = DemoFiles(tmp_path_factory.mktemp("demo"))
    shares: list[float] = []
    with pytest.MonkeyPatch.context() as patch:
        # The demo that is started above plans four days; what they are made of shows in one.
        patch.setattr("enerwise.serve.demo_home.PLANNED_DAYS", 1)
        fill(files, write_site(files, 15020), NOW, progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
    return files


def test_four_weeks_are_whole_and_the_last_day_followed_plans(lived: DemoFiles) -> None:
    with closing(SqliteStore(lived.store, read_only=True)) as store:
        first = NOW - np.timedelta64(29, "D")
        for key in (Key("home", POWER_W), Key("grid", POWER_W), Key("battery", POWER_W), Key("roof", POWER_W)):
            seen = store.read(key, first, NOW)
            assert len(seen) == 28 * 96, str(key)
            assert set(np.diff(seen.start_utc)) == {np.timedelta64(900_000, "ms")}
        assert len({each.id for each in store.events()}) == len(store.events())
        plans = store.events(kind=Kind.PLANNED)
        assert plans[0].at == instant("2026-05-19T10:00Z")
        assert len(plans) >= 96


def test_the_machines_meet_what_comes_after_the_past(lived: DemoFiles) -> None:
    """The same life is drawn again and again, so that neither sun nor home jumps where the past ends."""
    site = write_site(lived, 15021)
    began = instant("2026-05-20T10:00Z")
    home = life(site, began)
    with closing(SqliteStore(lived.store, read_only=True)) as store:
        past = store.read(Key("home", POWER_W), began - np.timedelta64(1, "h"), began).value
    drawn = home.power_w[Key("home", POWER_W)][home.history_steps - 60 : home.history_steps].reshape(4, 15).mean(axis=1)
    assert past == pytest.approx(drawn)


def test_what_was_missed_while_it_was_off_is_lived_through_and_the_level_goes_on(lived: DemoFiles) -> None:
    site = write_site(lived, 15022)
    with closing(SqliteStore(lived.store, read_only=True)) as store:
        before = store.read(Key("battery", ENERGY_WH), NOW - np.timedelta64(1, "D"), NOW).value[-1]
    later = NOW + np.timedelta64(2 * DAY_S, "s")
    assert fill(lived, site, later) == instant("2026-05-20T10:00Z")
    with closing(SqliteStore(lived.store, read_only=True)) as store:
        seen = store.read(Key("home", POWER_W), NOW - np.timedelta64(1, "D"), later)
        assert set(np.diff(seen.start_utc)) == {np.timedelta64(900_000, "ms")}
        levels = store.read(Key("battery", ENERGY_WH), NOW - np.timedelta64(900, "s"), later).value
        assert abs(levels[1] - before) < 5000 * 0.3, "no jump"
        assert len({each.id for each in store.events()}) == len(store.events())


@pytest.mark.soak
def test_a_demo_of_last_month_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("enerwise.serve.demo_home.PLANNED_DAYS", 0)
    files = DemoFiles(tmp_path)
    site = write_site(files, 15020)
    fill(files, site, NOW)
    later = NOW + np.timedelta64(40, "D")
    assert fill(files, site, later) == instant("2026-06-29T10:00Z")


def test_the_file_keeps_what_people_changed_and_moves_only_its_ports(tmp_path: Path) -> None:
    files = DemoFiles(tmp_path)
    write_site(files, 15020)
    files.site.write_text(files.site.read_text().replace("9 kWp", "7 kWp"), encoding="utf-8")
    site = write_site(files, 15044)
    assert {each.address for each in site.devices} == {"127.0.0.1:15044"}
    assert site.asset("roof").peak_w == 7000.0  # type: ignore[union-attr]


def test_a_browser_opens_only_where_somebody_sits(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not _has_desktop({"DISPLAY": ":0"}), "no terminal"
    monkeypatch.setattr("enerwise.serve.commands.live_demo.out", type("Console", (), {"is_terminal": True}))
    monkeypatch.setattr("sys.platform", "linux")
    assert _has_desktop({"DISPLAY": ":0"})
    assert _has_desktop({"WAYLAND_DISPLAY": "wayland-0"})
    assert not _has_desktop({})
