"""Sites, assets and series over the API."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from enerwise.serve.api.reduced import reduced

from .builders import FOREIGN, OWN, Client

SERIES = f"/sites/{OWN}/series"
DAY = {"from": "2026-05-12T22:00:00Z", "to": "2026-05-13T22:00:00Z"}


def test_only_sites_that_may_be_seen_are_listed(home: Client) -> None:
    assert [each["id"] for each in home.get("/sites").json()["items"]] == [OWN]
    assert [each["id"] for each in home.as_("owner").get("/sites").json()["items"]] == [FOREIGN, OWN]
    first = home.as_("owner").get("/sites?limit=1").json()
    assert [each["id"] for each in home.as_("owner").get(f"/sites?cursor={first['next']}").json()["items"]] == [OWN]


def test_a_foreign_site_is_as_if_it_were_not_there(home: Client) -> None:
    answers = [home.get(f"/sites/{each}") for each in (FOREIGN, "nowhere")]
    assert [each.status_code for each in answers] == [404, 404]
    assert answers[0].json()["detail"].replace(FOREIGN, "") == answers[1].json()["detail"].replace("nowhere", "")
    assert answers[0].headers["content-type"] == "application/problem+json"


def test_nobody_is_told_anything_before_signing_in(home: Client) -> None:
    answer = home.as_("").get(f"/sites/{OWN}")
    assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")


def test_a_site_says_what_stands_there_and_whom_to_call(home: Client) -> None:
    site = home.get(f"/sites/{OWN}").json()
    assert site["main_switch"] == "in the cellar, left of the door"
    assert [each["name"] for each in site["contacts"]] == ["Elektro Meier"]
    assets = {each["id"]: each for each in site["assets"]}
    assert assets["boiler"]["name"] == "Hot water"
    assert assets["battery"]["capacity_wh"] == 13_500.0
    assert [assets[each]["is_controllable"] for each in ("battery", "boiler", "home")] == [True, True, False]
    assert home.get(f"/sites/{OWN}/assets/battery").json() == assets["battery"]
    assert home.get(f"/sites/{OWN}/assets/car").status_code == 404


def test_an_unchanged_answer_is_not_sent_twice(home: Client) -> None:
    first = home.get(f"/sites/{OWN}")
    again = home.get(f"/sites/{OWN}", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_day_on_a_grid_has_a_column_for_each_channel(home: Client) -> None:
    found = home.get(SERIES, params={"key": ["grid.power_w", "home.power_w"], **DAY, "step_s": 900}).json()
    assert found["step_s"] == 900
    assert len(found["start_utc"]) == len(found["columns"]["home.power_w"]) == 96
    assert found["start_utc"][0] == "2026-05-12T22:00:00.000Z"
    assert None not in found["columns"]["home.power_w"]


def test_raw_readings_have_their_own_times(home: Client) -> None:
    found = home.get(SERIES, params={"key": "home.power_w", **DAY}).json()
    assert found["step_s"] is None
    assert len(found["times"]["home.power_w"]) == len(found["columns"]["home.power_w"]) == 96


def test_as_of_shows_what_was_known_then(home: Client) -> None:
    asked = {"key": "home.power_w", **DAY, "as_of": "2026-05-13T10:00:00Z"}
    assert len(home.get(SERIES, params=asked).json()["columns"]["home.power_w"]) == 48


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"key": "nonsense"}, "write asset and quantity"),
        ({"key": "grid.power_w", "from": "yesterday"}, "yesterday"),
        ({"key": "grid.power_w", "from": "2026-05-13T00:00Z", "to": "2026-05-12T00:00Z"}, "write the earlier moment"),
        ({"key": "grid.power_w", "from": "2016-05-13T00:00Z", "step_s": 60}, "are too many"),
        ({"key": "grid.power_w", "step_s": 0}, "step_s"),
        ({}, "key"),
    ],
)
def test_a_wrong_question_is_told_with_place_and_remedy(home: Client, asked: dict[str, str], told: str) -> None:
    answer = home.get(SERIES, params=asked)
    assert answer.status_code == 422
    assert told in answer.json()["detail"]


def test_readings_are_taken_where_no_device_measures(home: Client) -> None:
    start = ["2026-05-13T22:00:00Z", "2026-05-13T22:15:00Z"]
    taken = home.post(f"/sites/{OWN}/readings", {"start_utc": start, "columns": {"boiler.power_w": [10.0, 1e9]}})
    assert taken.status_code == 202
    assert taken.json()["accepted"] == 1
    assert [(each["key"], each["reason"]) for each in taken.json()["refused"]] == [("boiler.power_w", "implausible")]


def test_readings_of_what_a_device_measures_are_refused_whole(home: Client) -> None:
    asked = {"start_utc": ["2026-05-13T22:00:00Z"], "columns": {"grid.power_w": [1.0]}}
    answer = home.post(f"/sites/{OWN}/readings", asked)
    assert (answer.status_code, answer.json()["code"]) == (422, "measured-here")


@given(
    arrays(np.float64, st.integers(0, 400), elements=st.one_of(st.floats(-1e6, 1e6), st.just(float("nan")))),
    st.integers(1, 40),
)
def test_what_is_reduced_hides_no_peak_and_draws_no_line_across_a_gap(value: np.ndarray, bins: int) -> None:
    start = np.arange(value.size).astype("datetime64[ms]")
    kept_at, kept = reduced(start, value, bins=bins)
    assert kept.size <= max(3 * bins, 2 * bins, min(value.size, 2 * bins))
    assert np.all(np.diff(kept_at.astype(np.int64)) > 0)
    known = value[~np.isnan(value)]
    if known.size:
        assert np.nanmin(kept) == known.min()
        assert np.nanmax(kept) == known.max()
    assert np.isnan(value).any() == np.isnan(kept).any()
    at = kept_at.astype(np.int64)
    assert np.array_equal(kept, value[at], equal_nan=True)
