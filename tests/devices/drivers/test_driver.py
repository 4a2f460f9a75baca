"""What drivers have in common: troubles to read, waits between tries, and work that is kept up."""

import asyncio

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.devices.drivers.driver import (
    CONNECTION,
    PLACE_COUNT,
    TEXT_LENGTH,
    Backoff,
    Troubles,
    Upkeep,
    plain,
)


def test_a_place_has_one_trouble_until_it_is_well_again() -> None:
    troubles = Troubles("not connected yet")
    troubles.tell(CONNECTION, OSError("refused"))
    troubles.tell("content", "no power")
    assert troubles.told() == ("refused", "no power")
    troubles.well()
    troubles.well("nowhere")
    assert troubles.told() == ("no power",)


def test_troubles_are_bounded_in_number() -> None:
    troubles = Troubles()
    for place in range(1000):
        troubles.tell(str(place), "broken")
    assert len(troubles.told()) == PLACE_COUNT


@given(st.text(min_size=1) | st.text().map(OSError))
def test_what_is_told_can_be_shown(what: str | OSError) -> None:
    shown = plain(what)
    assert shown.isprintable()
    assert 0 < len(shown) <= TEXT_LENGTH


def test_waits_double_up_to_a_bound_and_begin_again_after_a_success() -> None:
    backoff = Backoff(first_s=0.5, most_s=3.0)
    assert [backoff.next_s() for _ in range(5)] == [0.5, 1.0, 2.0, 3.0, 3.0]
    backoff.reset()
    assert backoff.next_s() == 0.5


@given(st.integers(0, 2**32), st.floats(0.01, 10.0), st.floats(1.0, 100.0))
def test_a_generator_takes_up_to_half_of_each_wait_away(seed: int, first_s: float, times: float) -> None:
    plainly = Backoff(first_s=first_s, most_s=first_s * times)
    spread = Backoff(first_s=first_s, most_s=first_s * times, rng=np.random.default_rng(seed))
    for _ in range(2000):
        full_s, wait_s = plainly.next_s(), spread.next_s()
        assert 0.5 * full_s <= wait_s <= full_s <= first_s * times


def test_homes_that_lost_a_server_together_do_not_come_back_together() -> None:
    waits_s = {round(Backoff(first_s=1.0, rng=np.random.default_rng(seed)).next_s(), 3) for seed in range(50)}
    assert len(waits_s) > 40


@pytest.mark.parametrize(
    ("first_s", "most_s"), [(0.0, 1.0), (-1.0, 1.0), (2.0, 1.0), (1.0, float("inf")), (float("nan"), 1.0)]
)
def test_waits_that_would_be_none_or_without_end_are_refused(first_s: float, most_s: float) -> None:
    with pytest.raises(ValueError, match="waits must be above 0 s"):
        Backoff(first_s=first_s, most_s=most_s)


class Work:
    """Fails as often as it is told to, and then goes on without end."""

    def __init__(self, *errors: Exception) -> None:
        self.errors, self.count, self.is_done = list(errors), 0, asyncio.Event()

    async def __call__(self) -> None:
        self.count += 1
        if self.errors:
            raise self.errors.pop(0)
        self.is_done.set()
        await asyncio.Event().wait()


def test_work_goes_on_after_any_failure_and_the_last_one_is_told() -> None:
    async def run() -> None:
        work, troubles = Work(OSError("gone"), RecursionError("deep"), KeyError("odd")), Troubles()
        upkeep = Upkeep(work, troubles, Backoff(first_s=0.001, most_s=0.002))
        upkeep.start()
        upkeep.start()
        async with asyncio.timeout(2.0):
            await work.is_done.wait()
        assert work.count == 4
        assert troubles.told() == ("'odd'",)
        await upkeep.stop()
        await upkeep.stop()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(run())


def test_after_a_failure_the_next_try_waits() -> None:
    async def run() -> None:
        work = Work(*[OSError("gone")] * 100)
        upkeep = Upkeep(work, Troubles(), Backoff(first_s=60.0, most_s=60.0))
        upkeep.start()
        for _ in range(20):
            await asyncio.sleep(0)
        assert work.count == 1
        await upkeep.stop()

    asyncio.run(run())


def test_work_that_returns_at_once_leaves_room_for_others() -> None:
    async def run() -> None:
        count = 0

        async def work() -> None:
            nonlocal count
            count += 1

        upkeep = Upkeep(work, Troubles(), Backoff())
        upkeep.start()
        for _ in range(10):
            await asyncio.sleep(0)
        await upkeep.stop()
        assert 5 <= count <= 10

    asyncio.run(run())


def test_what_was_stopped_can_be_started_again() -> None:
    async def run() -> None:
        work = Work()
        upkeep = Upkeep(work, Troubles(), Backoff())
        for _ in range(2):
            work.is_done.clear()
            upkeep.start()
            async with asyncio.timeout(2.0):
                await work.is_done.wait()
            await upkeep.stop()
        assert work.count == 2

    asyncio.run(run())
