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

ONE_WORKER = ("tests/browser/", "tests/safety/")


class Grouped(LoadScopeScheduling):  # type: ignore[misc]
    """Deals tests out by their files, which share what is dear to set up; some want a worker to themselves.

    ``--dist loadgroup`` would do, but xdist 3.8 does not see its own marks under pytest 9.
    """

    def _split_scope(self, nodeid: str) -> str:
        return "machine" if nodeid.startswith(ONE_WORKER) else nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Grouped:
    return Grouped(config, log)
