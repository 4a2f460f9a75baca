"""The walk along a device's models: it finds what is there, and ends whatever the device says."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.protocols.sunspec import BASES, END, LENGTHS, MARK, MODELS_MAX, Walk

Device = Callable[[int, int], list[int] | None]


def a_device(*models: tuple[int, int], base: int = 40000, end: tuple[int, ...] = (END, 0)) -> dict[int, int]:
    """Return the registers of a device with these models (id, length)."""
    words = list(MARK)
    for model, length in models:
        words += [model, length, *[0x1234] * length]
    return {base + at: word for at, word in enumerate([*words, *end])}


def reading(registers: dict[int, int]) -> Device:
    def read(address: int, count: int) -> list[int] | None:
        cells = range(address, address + count)
        return [registers[at] for at in cells] if all(at in registers for at in cells) else None

    return read


def walked(device: Device) -> tuple[Walk, int]:
    """Walk to the end; return the walk and how often it asked."""
    walk, count = Walk(), 0
    while (wants := walk.wants) is not None:
        assert wants[0] + wants[1] <= 0x10000
        walk, count = walk.told(device(*wants)), count + 1
        assert count <= MODELS_MAX + len(BASES) + 1
    assert walk.is_done
    return walk, count


@pytest.mark.parametrize("base", BASES)
def test_models_are_found_wherever_the_map_begins(base: int) -> None:
    walk, _ = walked(reading(a_device((1, 66), (103, 50), (124, 24), base=base)))
    assert walk.bases == {1: base + 2, 103: base + 70, 124: base + 122}
    assert not walk.problem
    assert [(each.id, each.length) for each in walk.models] == [(1, 66), (103, 50), (124, 24)]


def test_of_two_models_of_a_kind_the_first_is_meant() -> None:
    walk, _ = walked(reading(a_device((1, 66), (203, 105), (203, 105))))
    assert walk.bases[203] == 40070


def test_a_model_that_is_too_short_is_not_what_it_says() -> None:
    walk, _ = walked(reading(a_device((1, 66), (103, 40), (103, 50), (64001, 3))))
    assert walk.bases == {1: 40002, 103: 40112, 64001: 40164}


def test_a_device_without_a_map_is_told() -> None:
    walk, count = walked(lambda address, count: None)
    assert (walk.bases, count) == ({}, 3)
    assert walk.problem == "no SunSpec map at 40000, 50000, 0"
    assert walk.told([1, 2]) == walk


def test_a_chain_that_breaks_off_keeps_what_was_found() -> None:
    walk, _ = walked(reading(a_device((1, 66), (103, 50), end=(END,))))
    assert set(walk.bases) == {1, 103}
    assert walk.problem == "the chain of models breaks off at 40122"


def test_an_endless_chain_ends() -> None:
    walk, _ = walked(lambda address, count: list(MARK) if address == 40000 else [63001, 0])
    assert walk.problem == f"more than {MODELS_MAX} models"
    assert len(walk.models) == MODELS_MAX


def test_a_model_cannot_reach_beyond_the_last_register() -> None:
    walk, _ = walked(lambda address, count: list(MARK) if address == 40000 else [103, 60000])
    assert "beyond the end" in walk.problem
    assert walk.bases == {}


@given(data=st.data())
def test_any_device_is_walked_to_an_end(data: st.DataObject) -> None:
    word = st.one_of(st.integers(0, 0xFFFF), st.sampled_from([1, 103, END, *MARK]))
    answer = st.one_of(st.none(), st.lists(word, max_size=3), st.just(list(MARK)))
    walk, _ = walked(lambda address, count: data.draw(answer))
    assert all(0 <= address < 0xFFFF for address in walk.bases.values())


@given(models=st.lists(st.tuples(st.sampled_from(sorted(LENGTHS)), st.integers(0, 200)), max_size=20))
def test_every_model_that_is_long_enough_is_found(models: list[tuple[int, int]]) -> None:
    walk, _ = walked(reading(a_device(*models)))
    assert set(walk.bases) == {model for model, length in models if length >= LENGTHS[model]}
    registers = a_device(*models)
    assert all(registers[address] == model for model, address in walk.bases.items())
