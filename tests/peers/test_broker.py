"""A counterpart that hangs must not hang the tests."""

import os
import signal
from pathlib import Path

from tests.peers.broker import a_broker


def test_a_watcher_that_does_not_go_when_asked_to_is_killed(tmp_path: Path) -> None:
    with a_broker(tmp_path) as broker, broker.watched("#") as watcher:
        os.kill(watcher.process.pid, signal.SIGSTOP)
    assert watcher.process.returncode == -signal.SIGKILL
