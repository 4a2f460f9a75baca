"""Servers and browser that start once for all tests here, on one worker."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import pytest
from playwright.sync_api import Browser

from enerwise.core.time import elapsed_s
from enerwise.serve.control import command_door
from tests.browser.houses import AUTUMN, FIRST, KOLKATA, ORDINARY, SPRING, STREET, House, shown
from tests.browser.rig import Visitor, a_browser, lack
from tests.serve.test_face import Running, free_pair, running

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = lack()
    places = [at for at, each in enumerate(items) if HERE in each.path.parents]
    # The real thing keeps half a core busy for as long as it lives: whoever asks for it comes last.
    ours = sorted((items[at] for at in places), key=lambda each: "demo" in getattr(each, "fixturenames", ()))
    for at, each in zip(places, ours, strict=True):
        items[at] = each
        if missing:
            each.add_marker(pytest.mark.skip(reason=missing))


@dataclass(frozen=True, slots=True)
class Demo:
    """`enerwise run --demo`, as a person starts it."""

    url: str
    entry: tuple[str, str]
    folder: Path
    run: Running


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with a_browser() as browser:
        yield browser


@pytest.fixture(scope="package")
def door_keeper(browser: Browser) -> Visitor:
    """Remembers who has signed in where."""
    return Visitor(browser)


@pytest.fixture
def visit(door_keeper: Visitor) -> Iterator[Visitor]:
    """Opens pages that are closed after the test."""
    yield door_keeper
    door_keeper.close()


@pytest.fixture(scope="package")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The real thing: door, site, brain, face and a simulated plant."""
    folder, port = tmp_path_factory.mktemp("demo"), free_pair()
    with running(folder, "--demo", "--out", str(folder / "demo"), "--port", str(port)) as run:
        told = run.until(r"sign in as (\S+) with the password (\S+)", patience_s=180.0)
        run.until("Door: running")
        yield Demo(f"http://localhost:{port}", (told[1], told[2]), folder / "demo", run)


@pytest.fixture
def demo(lived_in: Demo) -> Demo:
    """The real thing, running: a machine that was held up for long stops it, as it should."""
    socket = lived_in.folder / "home.run" / "door.sock"
    state = command_door(socket, {"do": "state"})
    if state["state"] != "running":
        command_door(socket, {"do": "reset", "cause": state["why"], "who": "test"})
        command_door(socket, {"do": "start", "who": "test"})
        wait_until(lambda: command_door(socket, {"do": "state"})["state"] == "running")
    return lived_in


def wait_until(holds: Callable[[], bool], *, patience_s: float = 60.0) -> None:
    """Wait until something holds; the processes of the demo keep a clock of their own."""
    end_s = elapsed_s() + patience_s
    while not holds():
        assert elapsed_s() < end_s
        Event().wait(0.1)


@pytest.fixture(scope="package")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """An ordinary afternoon in May. Tests that change something put it back."""
    with shown(ORDINARY, tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture(scope="package")
def spring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The night in which two o'clock is left out."""
    with shown(SPRING, tmp_path_factory.mktemp("spring")) as house:
        yield house


@pytest.fixture(scope="package")
def autumn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The night in which two o'clock comes twice."""
    with shown(AUTUMN, tmp_path_factory.mktemp("autumn")) as house:
        yield house


@pytest.fixture(scope="package")
def kolkata(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house half an hour beside the others."""
    with shown(KOLKATA, tmp_path_factory.mktemp("kolkata")) as house:
        yield house


@pytest.fixture(scope="package")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house that trades with simulated neighbours. Tests that change something put it back."""
    with shown(STREET, tmp_path_factory.mktemp("street")) as house:
        yield house


@pytest.fixture(scope="package")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A site file without a single machine."""
    with shown(FIRST, tmp_path_factory.mktemp("first")) as house:
        yield house


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[House]:
    """A server that nobody owns yet."""
    with shown(FIRST, tmp_path, has_owner=False) as house:
        yield house


def number(text: str) -> float:
    """Return the first number in a text."""
    found = re.search(r"-?\d+(?:[.,]\d+)?", text)
    assert found, text
    return float(found[0].replace(",", "."))
