"""How properties are tried: the same examples in every run of `make test`, new and more of them in `make soak`.

No test times itself, so Hypothesis has no deadline: a busy machine is no bug. What measures milliseconds runs last,
when all else is done. What one process has compiled all others read, whatever the machine wants otherwise: hundreds of
them are started.
"""

import os
import sys
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

settings.register_profile("steady", deadline=None, derandomize=True, max_examples=40)
settings.register_profile("explore", deadline=None, max_examples=1000)
settings.load_profile("explore" if os.environ.get("ENERWISE_EXPLORE") else "steady")

TOGETHER = ("tests/browser/", "tests/safety/", "tests/architecture/")
"""Each of these runs on one worker, in order: they share what is dear to set up."""
LONG = (*TOGETHER, "tests/serve/", "tests/market/", "tests/door/", "tests/", "src/")
"""What takes longest begins first, so that no worker is left alone with it; doctests fill the end."""
ALONE = "tests/safety/test_requirements.py::test_in_time"
"""Runs when all else is done: milliseconds decide."""


class Grouped(LoadScopeScheduling):  # type: ignore[misc]
    """Deals tests out by their files, which share what is dear to set up; some folders stay together.

    ``--dist loadgroup`` would do, but xdist 3.8 does not see its own marks under pytest 9.
    """

    def _split_scope(self, nodeid: str) -> str:
        first = (each for each in (ALONE, *TOGETHER) if nodeid.startswith(each))
        return next(first, nodeid.partition("::")[0])

    def _reschedule(self, node: Any) -> None:
        """Give a worker more to do; what runs alone waits for the last worker, and for the others to be gone."""
        if list(self.workqueue) != [ALONE] or node.shutting_down:
            super()._reschedule(node)
        elif any(not each.shutting_down for each in self.nodes if each is not node):
            node.shutdown()
        elif len(self.nodes) == 1:
            super()._reschedule(node)

    def remove_node(self, node: Any) -> str | None:
        """Forget a worker that is gone; the test that took it along is not tried again, as xdist 3.8 would for ever."""
        work = self.assigned_work[node]
        begun = [unit for unit in work.values() if not all(unit.values())]
        fatal: str | None = next((test for test, is_done in begun[0].items() if not is_done), None) if begun else None
        if fatal:
            begun[0][fatal] = True
        # Dealt out again, a file that is done would leave its worker waiting for the next test of it.
        for done in [name for name, unit in work.items() if all(unit.values())]:
            del work[done]
        alone = self.workqueue.pop(ALONE, None)
        super().remove_node(node)
        if alone is not None:
            self.workqueue[ALONE] = alone
        for each in self.nodes:
            self._reschedule(each)
        return fatal


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    """Return when a test has its turn."""
    if item.nodeid.startswith(ALONE):
        return len(LONG)
    return next((at for at, long in enumerate(LONG) if item.nodeid.startswith(long)), len(LONG) - 1)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Grouped:
    config.option.loadscopereorder = False
    return Grouped(config, log)
