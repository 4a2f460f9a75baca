"""The table of the lifecycle, seen from outside."""

from itertools import product

import pytest

from enerwise.guard.lifecycle import NEXT, Signal, State, next_state


@pytest.mark.parametrize(("state", "signal"), list(product(State, Signal)))
def test_what_is_not_listed_is_refused(state: State, signal: Signal) -> None:
    assert next_state(state, signal) == NEXT.get((state, signal))


def test_only_start_from_idle_leads_to_running() -> None:
    assert [pair for pair, following in NEXT.items() if following is State.RUNNING] == [(State.IDLE, Signal.START)]


@pytest.mark.parametrize("signal", [Signal.FAULT, Signal.STOP])
def test_fault_and_stop_lead_away_from_running_in_one_step(signal: Signal) -> None:
    assert next_state(State.RUNNING, signal) in (State.ERROR, State.STOPPED)


@pytest.mark.parametrize("state", [State.ERROR, State.STOPPED])
def test_nothing_leads_back_to_running_without_a_person(state: State) -> None:
    reached = {state}
    for _ in State:
        steps = {following for (at, signal), following in NEXT.items() if at in reached and _is_machine(signal)}
        reached |= steps
    assert State.RUNNING not in reached


def test_every_state_can_be_left_and_reached() -> None:
    assert {state for state, _ in NEXT} == set(State)
    assert set(NEXT.values()) == set(State)


def _is_machine(signal: Signal) -> bool:
    return signal is not Signal.RESET_BY_PERSON
