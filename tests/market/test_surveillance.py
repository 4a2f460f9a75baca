"""What a supervisor sees, and what it does not take for a pattern."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from enerwise.market.surveillance import Pattern, Tape, halts, look_over

S = 10**9


def a_tape(orders: list[tuple[int, bool, int, int, int]], trades: list[tuple[int, int, int, int, int]]) -> Tape:
    """Orders ``(who, is_buy, wh, came_s, gone_s)`` and trades ``(buy, sell, wh, price, at_s)``."""
    who, buys, wh, came, gone = (np.array(each) for each in zip(*orders, strict=True))
    buy, sell, traded, price, at = (
        np.array(each, np.int64) for each in (zip(*trades, strict=True) if trades else [[]] * 5)
    )
    return Tape(who, buys.astype(np.bool_), wh, came * S, gone * S, buy, sell, traded, price, at * S)


def patterns(tape: Tape, owner: list[int]) -> set[Pattern]:
    return {each.pattern for each in look_over(tape, np.array(owner))}


def test_a_trade_between_two_meters_of_one_owner_is_a_wash() -> None:
    tape = a_tape([(0, True, 5, 0, 0), (1, False, 5, 0, 0)], [(0, 1, 5, 200_000, 1)])
    assert patterns(tape, [0, 1]) == set()
    assert patterns(tape, [7, 7]) == {Pattern.WASH}
    assert halts(look_over(tape, np.array([7, 7])), 3).tolist() == [True, True, False]


def test_energy_handed_to_and_fro_is_a_round_trip() -> None:
    orders = [(0, True, 100, 0, 0), (1, False, 100, 0, 0), (1, True, 100, 0, 0), (0, False, 100, 0, 0)]
    there, back = (0, 1, 10, 200_000, 1), (2, 3, 10, 200_000, 2)
    assert patterns(a_tape(orders, [there, back] * 3), [0, 1]) == {Pattern.ROUND_TRIP}
    assert patterns(a_tape(orders, [there] * 6), [0, 1]) == set(), "a neighbour who sells every day is no pattern"
    assert patterns(a_tape(orders, [there, back] * 2), [0, 1]) == set(), "twice may be chance"


def a_show(times: int, *, lived_s: int = 20, trades_meanwhile: bool = True) -> Tape:
    """Shows a large bid again and again, and sells a little while it stands."""
    small = [(9, bool(number % 2), 100, 0, 0) for number in range(20)]
    bids = [(0, True, 5_000, 1000 * each, 1000 * each + lived_s) for each in range(1, times + 1)]
    orders = [*small, (0, False, 300, 0, 0), (1, True, 300, 0, 0), *bids]
    at = 10 if trades_meanwhile else 500
    return a_tape(orders, [(21, 20, 50, 200_000, 1000 * each + at) for each in range(1, times + 1)])


def test_large_orders_that_vanish_while_the_other_side_trades_are_spoofing() -> None:
    owner = list(range(10))
    assert patterns(a_show(3), owner) == {Pattern.SPOOFING}
    assert patterns(a_show(2), owner) == set()
    assert patterns(a_show(3, lived_s=400), owner) == set(), "whoever lets it stand may be hit"
    assert patterns(a_show(3, trades_meanwhile=False), owner) == set()
    (found,) = look_over(a_show(4), np.array(owner))
    assert (found.participants, dict(found.facts)) == ((0,), {"order_count": 4, "shown_wh": 20_000})


def test_a_price_outside_its_band_halts_everybody() -> None:
    tape = a_tape([(0, True, 5, 0, 0), (1, False, 5, 0, 0)], [(0, 1, 5, 9_000_000, 1)])
    found = look_over(tape, np.arange(2))
    assert [each.pattern for each in found] == [Pattern.PRICE]
    assert halts(found, 2).all()


@given(st.permutations(range(4)))
def test_whose_number_is_whose_changes_nothing(number: list[int]) -> None:
    tape = a_show(3)
    other = replace(tape, participant=np.array([*number, *range(4, 10)])[tape.participant])
    (found,) = look_over(other, np.arange(10))
    assert (found.pattern, found.participants) == (Pattern.SPOOFING, (number[0],))


def test_an_empty_slot_shows_nothing() -> None:
    nothing = np.empty(0, np.int64)
    assert look_over(Tape(nothing, nothing.astype(np.bool_), *[nothing] * 8), nothing) == ()


def test_many_large_orders_do_not_make_each_other_ordinary() -> None:
    assert patterns(a_show(40), list(range(10))) == {Pattern.SPOOFING}


def test_whose_order_was_hit_did_not_only_show_it() -> None:
    tape = a_show(3)
    hit = replace(
        tape,
        buy=np.append(tape.buy, 22),
        sell=np.append(tape.sell, 1),
        traded_wh=np.append(tape.traded_wh, 100),
        price_ueur_per_kwh=np.append(tape.price_ueur_per_kwh, 200_000),
        traded_ns=np.append(tape.traded_ns, 1005 * S),
    )
    assert patterns(hit, list(range(10))) == set()


def a_wild_tape(seed: int) -> Tape:
    """Anything: five participants who order, take away and trade without sense."""
    rng = np.random.default_rng(seed)
    size, traded = int(rng.integers(2, 60)), int(rng.integers(0, 60))
    came_s = rng.integers(0, 500, size)
    gone_s = np.where(rng.random(size) < 0.6, came_s + rng.integers(1, 90, size), 0)
    is_buy = rng.random(size) < 0.5
    is_buy[:2] = True, False
    buy, sell = (rng.choice(np.flatnonzero(is_buy == side), traded) for side in (True, False))
    wh = np.where(rng.random(size) < 0.3, 9000, 100)
    price = rng.integers(-600_000, 4_100_000, traded) if rng.random() < 0.2 else np.full(traded, 200_000)
    columns = (buy, sell, rng.integers(1, 4, traded), price, rng.integers(0, 600, traded) * S)
    return Tape(rng.integers(0, 5, size), is_buy, wh, came_s * S, gone_s * S, *columns)


SEEDS = st.integers(0, 100_000)


@given(SEEDS)
def test_in_which_row_an_order_or_trade_stands_changes_nothing(seed: int) -> None:
    tape, rng, owner = a_wild_tape(seed), np.random.default_rng(seed), np.array([0, 1, 2, 2, 4])
    order, trade = rng.permutation(tape.participant.size), rng.permutation(tape.buy.size)
    place = np.argsort(order)
    columns = ("participant", "is_buy", "quantity_wh", "came_ns", "gone_ns")
    moved = replace(
        tape,
        **{name: getattr(tape, name)[order] for name in columns},
        **{name: place[getattr(tape, name)[trade]] for name in ("buy", "sell")},
        traded_wh=tape.traded_wh[trade],
        traded_ns=tape.traded_ns[trade],
    )
    prices = replace(moved, price_ueur_per_kwh=tape.price_ueur_per_kwh[trade])
    kept = [each for each in look_over(tape, owner) if each.pattern is not Pattern.PRICE]
    assert [each for each in look_over(prices, owner) if each.pattern is not Pattern.PRICE] == kept


@given(SEEDS)
def test_only_who_did_it_is_halted(seed: int) -> None:
    tape, owner = a_wild_tape(seed), np.array([0, 1, 2, 2, 4])
    for found in look_over(tape, owner):
        people = set(found.participants)
        traders = set(tape.participant[np.concatenate([tape.buy, tape.sell])].tolist())
        match found.pattern:
            case Pattern.SPOOFING:
                assert people & set(tape.participant[tape.gone_ns > 0].tolist()) == people <= traders
            case Pattern.WASH:
                assert people <= traders
                assert len({int(owner[who]) for who in people}) == 1
            case Pattern.ROUND_TRIP:
                assert len({int(owner[who]) for who in people}) == 2
            case _:
                assert not people


@given(SEEDS)
def test_who_takes_nothing_away_and_trades_with_others_in_one_direction_is_left_alone(seed: int) -> None:
    tape = a_wild_tape(seed)
    honest = replace(
        tape,
        participant=np.where(tape.is_buy, 0, 1),
        gone_ns=np.zeros_like(tape.gone_ns),
        price_ueur_per_kwh=np.full(tape.buy.size, 200_000),
    )
    assert not look_over(honest, np.arange(5))
