"""Networks: circles are found, meshes divide energy as reactances say, and what cannot be is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.market.network import Cable, Line, circle, islands, ptdf


@given(st.integers(2, 6), st.integers(0, 2**32 - 1))
def test_what_is_called_a_circle_is_one_and_none_is_missed(area_count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    pairs = [rng.permutation(area_count)[:2].tolist() for _ in range(int(rng.integers(0, 9)))]
    lines = tuple(Line(source, target, 5) for source, target in pairs)
    used = np.flatnonzero(rng.random(len(lines)) < 0.8)
    around = circle(lines, used)
    assert set(around.tolist()) <= set(used.tolist())
    for at, onward in zip(around, np.roll(around, -1), strict=True):
        assert lines[at].target == lines[onward].source
    reach = np.zeros((area_count, area_count), np.int64)
    for at in used:
        reach[lines[at].source, lines[at].target] = 1
    walks = sum(np.trace(np.linalg.matrix_power(reach, length)) for length in range(1, area_count + 1))
    assert bool(around.size) == bool(walks)


@given(st.integers(2, 6), st.integers(0, 2**32 - 1))
def test_in_a_mesh_every_area_balances_and_no_way_around_gains(area_count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    cables = a_mesh(rng, area_count)
    given = np.append(rng.normal(size=area_count - 1), 0.0)
    given[-1] = -given.sum()
    flow, net = ptdf(cables, area_count) @ given, np.zeros(area_count)
    for cable, each in zip(cables, flow, strict=True):
        net[cable.one] += each
        net[cable.other] -= each
    assert net == pytest.approx(given, abs=1e-9)
    # Flow times reactance is a difference of angles: there is one angle for each area.
    ends = np.zeros((len(cables), area_count))
    for at, cable in enumerate(cables):
        ends[at, cable.one], ends[at, cable.other] = 1.0, -1.0
    drop = flow * [cable.reactance_ohm for cable in cables]
    angle = np.linalg.lstsq(ends, drop, rcond=None)[0]
    assert ends @ angle == pytest.approx(drop, abs=1e-9)


def a_mesh(rng: np.random.Generator, area_count: int, *, limit_wh: int = 5) -> tuple[Cable, ...]:
    """A tree that joins all areas, and a few cables more."""
    tree = [(int(rng.integers(0, at)), at) for at in range(1, area_count)]
    more = [tuple(rng.permutation(area_count)[:2].tolist()) for _ in range(int(rng.integers(0, 5)))]
    return tuple(Cable(one, other, limit_wh, float(rng.uniform(0.1, 3.0))) for one, other in [*tree, *more])


def test_areas_that_hang_together_are_one_island() -> None:
    assert islands((Cable(3, 4, 1), Cable(1, 4, 1), Cable(0, 2, 1)), 6).tolist() == [0, 1, 0, 1, 1, 5]


@pytest.mark.parametrize(
    ("cable", "words"),
    [((1, 1, 5), "joins two areas"), ((0, 1, -1), "carries -1 Wh"), ((0, 1, 5, 0.0), "write above zero")],
)
def test_a_cable_that_cannot_be_is_refused(cable: tuple[int, int, int], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Cable(*cable)
