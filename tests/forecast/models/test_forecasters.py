"""Every registered forecaster keeps the contract of all forecasters."""

import pytest

from enerwise.core.plugin import names
from enerwise.testing.contracts.forecasters import ForecasterContract


class TestNaiveDay(ForecasterContract):
    forecaster = "naive_1d"


class TestNaiveWeek(ForecasterContract):
    forecaster = "naive_7d"


class TestFourWeekProfile(ForecasterContract):
    forecaster = "profile_4w"


class TestWeekProfile(ForecasterContract):
    forecaster = "profile_7d"


class TestBlend(ForecasterContract):
    forecaster = "blend"


@pytest.mark.parametrize("name", names("enerwise.forecasters"))
def test_a_registered_forecaster_is_under_contract(name: str) -> None:
    suites = ForecasterContract.__subclasses__()
    assert name in {suite.forecaster for suite in suites if suite.__module__ == __name__}
