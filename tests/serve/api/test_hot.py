"""Hot reads: what holds is given again without asking the routes, and to nobody who would not get it from them."""

import pytest

from enerwise.serve.api import columns, hot
from enerwise.serve.api.app import make_app

from .builders import FOREIGN, OWN, Client, a_client

DAY = "key=home.power_w&from=2026-05-12T22:00:00Z&to=2026-05-13T20:00:00Z&step_s=900"
SERIES = f"/sites/{OWN}/series?{DAY}"


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[columns.Question]:
    """Every question that reaches the store."""
    asked: list[columns.Question] = []
    read = columns.columns

    def noted(store: object, question: columns.Question) -> object:
        asked.append(question)
        return read(store, question)  # type: ignore[arg-type]

    monkeypatch.setattr(columns, "columns", noted)
    return asked


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds since the test began, to be moved."""
    now = [0.0]
    monkeypatch.setattr(hot, "elapsed_s", lambda: now[0])
    return now


@pytest.fixture
def home(base: Client) -> Client:
    """Ask an application that has answered nothing yet."""
    return Client(make_app(base.face), base.face, f"owner@{OWN}")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Client:
    return a_client(tmp_path_factory.mktemp("hot"))


def test_the_same_day_is_read_once_for_everybody(home: Client, reads: list[columns.Question]) -> None:
    first, again, other = home.get(SERIES), home.get(SERIES), home.as_(f"viewer@{OWN}").get(SERIES)
    assert first.content == again.content == other.content
    assert first.headers == again.headers
    assert len(reads) == 1


def test_who_may_not_see_it_is_answered_as_ever(home: Client) -> None:
    home.get(SERIES)
    assert home.as_("").get(SERIES).status_code == 401
    assert home.as_(f"owner@{FOREIGN}").get(SERIES).json()["code"] == "no-such-site"


def test_an_answer_holds_for_a_while(home: Client, reads: list[columns.Question], clock: list[float]) -> None:
    running = f"/sites/{OWN}/series?key=home.power_w&step_s=900"
    for path, holds_s in ((SERIES, 60.0), (running, 1.0)):
        began_s, counts = clock[0], list[int]()
        for after_s in (0.0, holds_s - 0.1, holds_s):
            clock[0] = began_s + after_s
            home.get(path)
            counts.append(len(reads))
        assert counts == [counts[0], counts[0], counts[0] + 1]


def test_what_depends_on_rights_is_kept_for_the_very_same_rights(home: Client) -> None:
    assert [each["id"] for each in home.get("/sites").json()["items"]] == [OWN]
    assert [each["id"] for each in home.as_("owner").get("/sites").json()["items"]] == [FOREIGN, OWN]
    assert [each["id"] for each in home.as_(f"owner@{FOREIGN}").get("/sites").json()["items"]] == [FOREIGN]
    assert [each["id"] for each in home.get("/sites").json()["items"]] == [OWN]


def test_an_unchanged_hot_answer_is_not_sent_twice(home: Client, reads: list[columns.Question]) -> None:
    tag = home.get(SERIES).headers["etag"]
    for known in (tag, f'"other", W/{tag}', "*"):
        again = home.get(SERIES, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert home.get(SERIES, headers={"If-None-Match": '"other"'}).status_code == 200
    assert len(reads) == 1


def test_another_kind_of_answer_is_another_answer(home: Client) -> None:
    asked = home.get(SERIES).json()
    table = home.get(SERIES, headers={"Accept": "text/csv"})
    assert table.headers["content-type"].startswith("text/csv")
    lines = table.text.splitlines()
    assert lines[0] == "start_utc,home.power_w"
    assert lines[1] == f"{asked['start_utc'][0]},{asked['columns']['home.power_w'][0]}"
    assert len(lines) == 1 + len(asked["start_utc"])
    assert home.get(SERIES).json() == asked


def test_raw_readings_as_csv_have_a_line_each(home: Client) -> None:
    raw = SERIES.removesuffix("&step_s=900")
    asked = home.get(raw).json()
    lines = home.get(raw, headers={"Accept": "text/csv"}).text.splitlines()
    assert lines[0] == "key,start_utc,value"
    assert lines[1] == f"home.power_w,{asked['times']['home.power_w'][0]},{asked['columns']['home.power_w'][0]}"
    assert len(lines) == 1 + len(asked["columns"]["home.power_w"])


def test_what_is_kept_has_a_bound(home: Client, reads: list[columns.Question], monkeypatch: pytest.MonkeyPatch) -> None:
    size = len(home.get(SERIES).content)
    monkeypatch.setattr(hot, "BYTES_MOST", int(2.5 * size))
    days = [SERIES.replace("2026-05-12T22", f"2026-05-12T{hour}") for hour in (19, 20, 21)]
    for each in (*days, days[-1], days[0]):
        home.get(each)
    assert len(reads) == 5, "the last was kept, the first was not"
