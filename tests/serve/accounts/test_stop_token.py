"""The token that stops: good for a year without a database, and for nothing else."""

import base64
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enerwise.core.time import VirtualClock
from enerwise.serve.accounts.private_files import NotPrivate
from enerwise.serve.accounts.stop_token import StopTokens
from tests.serve.accounts.builders import a_clock, later

DAY_S = 86_400


def test_a_token_stops_its_sites_for_a_year(tmp_path: Path) -> None:
    clock = a_clock()
    tokens = StopTokens(tmp_path, clock)
    some, every = tokens.issue("person-a", ["home"]), tokens.issue("person-b", ["*"])
    later(clock, 364 * DAY_S)
    assert tokens.check(some, "home") == "person-a"
    assert tokens.check(some, "shed") is None
    assert tokens.check(every, "shed") == "person-b"
    later(clock, DAY_S)
    assert tokens.check(some, "home") is None


def test_checking_needs_no_disk(tmp_path: Path) -> None:
    tokens = StopTokens(tmp_path, a_clock())
    token = tokens.issue("person-a", ["home"])
    for path in tmp_path.iterdir():
        path.unlink()
    assert tokens.check(token, "home") == "person-a"


def test_what_was_withdrawn_stays_so_after_a_restart(tmp_path: Path) -> None:
    clock: VirtualClock = a_clock()
    tokens = StopTokens(tmp_path, clock)
    mine, other = tokens.issue("person-a", ["home"], "session-1"), tokens.issue("person-a", ["home"], "session-2")
    theirs = tokens.issue("person-b", ["home"])
    tokens.revoke("session-1")
    for each in (tokens, StopTokens(tmp_path, clock)):
        assert each.check(mine, "home") is None
        assert each.check(other, "home") == "person-a"
    tokens.revoke_all("person-a")
    fresh = tokens.issue("person-a", ["home"])
    for each in (tokens, StopTokens(tmp_path, clock)):
        assert each.check(other, "home") is None
        assert each.check(theirs, "home") == "person-b"
        assert each.check(fresh, "home") == "person-a"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(token=st.one_of(st.text(), st.from_regex(r"[A-Za-z0-9_-]{0,80}\.[0-9a-f]{64}", fullmatch=True)))
def test_nothing_made_up_stops(tmp_path: Path, token: str) -> None:
    assert StopTokens(tmp_path, a_clock()).check(token, "home") is None


def test_a_token_for_one_site_cannot_be_written_into_one_for_all(tmp_path: Path) -> None:
    tokens = StopTokens(tmp_path, a_clock())
    body, _, mac = tokens.issue("person-a", ["home"]).partition(".")
    facts = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    wider = base64.urlsafe_b64encode(json.dumps({**facts, "sites": ["*"]}).encode()).decode().rstrip("=")
    assert tokens.check(f"{wider}.{mac}", "home") is None
    assert StopTokens(tmp_path / "other", a_clock()).check(f"{body}.{mac}", "home") is None


def test_the_key_is_for_its_owner_only(tmp_path: Path) -> None:
    StopTokens(tmp_path, a_clock())
    (tmp_path / "stop.key").chmod(0o644)
    with pytest.raises(NotPrivate):
        StopTokens(tmp_path, a_clock())
