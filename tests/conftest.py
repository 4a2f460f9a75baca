"""How properties are tried: the same examples in every run of `make test`, new and more of them in `make soak`.

No test times itself, so Hypothesis has no deadline: a busy machine is no bug. What drives browsers or measures time
runs on one worker, one after the other, beside whatever else there is. What one process has compiled all others read,
whatever the machine wants otherwise: hundreds of them are started.
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
"""Each of these runs on one worker, in order: they share what is dear to set up, or measure time."""
LONG = (*TOGETHER, "tests/serve/", "tests/market/", "tests/door/", "tests/")
"""What takes longest begins first, so that no worker is left alone with it; doctests fill the end."""


class Grouped(LoadScopeScheduling):  # type: ignore[misc]
    """Deals tests out by their files, which share what is dear to set up; some folders stay together.

    ``--dist loadgroup`` would do, but xdist 3.8 does not see its own marks under pytest 9.
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((each for each in TOGETHER if nodeid.startswith(each)), nodeid.partition("::")[0])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda each: next((at for at, long in enumerate(LONG) if each.nodeid.startswith(long)), len(LONG)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Grouped:
    config.option.loadscopereorder = False
    return Grouped(config, log)
