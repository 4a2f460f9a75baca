"""What holds for every member: its word on a day is a function of the days before, whoever asks and whenever."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from enerwise.forecast.models.price import trees
from enerwise.forecast.models.price.days import Member, days_of
from enerwise.forecast.models.price.kernel import likeness, wide_network
from enerwise.forecast.models.price.lear import Lear
from enerwise.forecast.models.price.trees import Trees
from tests.forecast.models.price.builders import FIRST_DAY, a_market, some_days

pytest.importorskip("sklearn")
pytest.importorskip("lightgbm")

MEMBERS: list[Callable[[], Member]] = [lambda: Lear(windows_days=(56,)), likeness, wide_network, Trees]
IDS = ["lear", "likeness", "wide_network", "trees"]


@pytest.fixture(autouse=True)
def _few_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trees, "ROUNDS", 20)


@pytest.mark.parametrize("make", MEMBERS, ids=IDS)
def test_a_word_is_the_same_asked_alone_or_among_many(make: Callable[[], Member]) -> None:
    days = some_days(150)
    many = make().said(days, 147)
    alone = np.concatenate([make().said(days.before(place), place) for place in (147, 148, 150)])
    np.testing.assert_allclose(many[[0, 1, 3]], alone, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("make", MEMBERS, ids=IDS)
def test_a_poisoned_future_changes_nothing(make: Callable[[], Member]) -> None:
    """Prices from day 148 on and columns after it are poisoned; what was said up to day 148 stays as it was."""
    price, known = a_market(152)
    poisoned_price, poisoned_known = price.copy(), known.copy()
    poisoned_price[148:] = 1e6
    poisoned_known[149:] = -1e6
    honest = make().said(days_of(price[:150], known[:151], FIRST_DAY), 147)
    poisoned = make().said(days_of(poisoned_price[:150], poisoned_known[:151], FIRST_DAY), 147)
    np.testing.assert_allclose(poisoned[:2], honest[:2], rtol=1e-9)
    assert np.abs(poisoned[2:] - honest[2:]).max() > 1.0


@pytest.mark.parametrize("make", MEMBERS, ids=IDS)
def test_without_columns_it_still_speaks(make: Callable[[], Member]) -> None:
    days = some_days(150)
    assert np.isfinite(make().said(replace(days, known=days.known[:, :0]), 150)).all()
