"""The audit of accounts: whole, without addresses, and not to be flooded."""

import json
from pathlib import Path

import pytest

from enerwise.serve.accounts.trail import REFUSED_PER_MINUTE, Trail
from tests.serve.accounts.builders import a_clock, later


def test_who_knocks_a_thousand_times_pushes_nothing_out(tmp_path: Path) -> None:
    clock = a_clock()
    trail = Trail(tmp_path, clock, b"k" * 32)
    for _ in range(1000):
        trail.refused("unknown", "password", address="10.0.0.1")
    later(clock, 60)
    trail.refused("unknown", "password", address="10.0.0.1")
    lines = trail.page(limit=500)
    assert len(lines) == REFUSED_PER_MINUTE + 1
    assert lines[0]["payload"]["unsaid_count"] == 1000 - REFUSED_PER_MINUTE
    assert "10.0.0.1" not in json.dumps(lines)
    assert lines[0]["payload"]["at"] == lines[1]["payload"]["at"] != trail.mark("10.0.0.2")
    trail.close()


@pytest.mark.parametrize("change", ["altered", "removed", "cut"])
def test_a_line_that_is_touched_breaks_the_chain(tmp_path: Path, change: str) -> None:
    trail = Trail(tmp_path, a_clock(), b"k" * 32)
    for number in range(5):
        trail.note("change", f"person-{number}", who="person-0", what="role given", role="viewer")
    assert trail.verified().broken is None
    trail.close()
    [path] = tmp_path.glob("audit-*.jsonl")
    lines = path.read_bytes().splitlines(keepends=True)
    lines = {
        "altered": [*lines[:2], lines[2].replace(b"viewer", b"owner!"), *lines[3:]],
        "removed": [*lines[:2], *lines[3:]],
        "cut": lines[:-1],
    }[change]
    path.write_bytes(b"".join(lines))
    again = Trail(tmp_path, a_clock(), b"k" * 32)
    found = again.verified()
    assert found.broken is not None or found.remarks
    again.close()
