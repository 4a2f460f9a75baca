"""Contactors: welds, and a bus that does not charge, on the twin of a battery string and a virtual clock."""

import itertools
import math
from pathlib import Path

import numpy as np

from enerwise.devices.sequences import load_sequence
from enerwise.physics.contactor import CONTACTS, StringFacts
from tests.devices.wrappers.string_rig import Rig, a_closed_rig
from tests.guard.exploring import explored
from tests.safety.evidence import Figure, Scale, requirement

LATCH_S = 0.5
TRIES = 3
GAP_S = 0.3
LONG_S = 20.0


@requirement(17, "Welds and pre-charge: latched in time, three tries, then lockout")
def welds_and_precharge(scale: Scale, folder: Path) -> list[Figure]:
    stuck, welded = _stuck_s(), _welded_s()
    tries, gap_s, began_again = _tries()
    current_s, load_closes = _current()
    looks, unready = _explored()
    closings, early, harmed = _random_lives(200 if scale.is_full else 12)
    return [
        Figure("auxiliary contact stuck closed: latched after", stuck, "s", "<=", LATCH_S),
        Figure("contact welded: latched after", welded, "s", "<=", LATCH_S),
        Figure("bus never charges: tries", tries, "", "==", TRIES),
        Figure("bus never charges: shortest gap between tries", gap_s, "s", ">=", GAP_S - 1e-6),
        Figure("bus never charges: tries after the lockout", began_again, "", "==", 0.0),
        Figure("too much current while pre-charging: latched after", current_s, "s", "<=", LATCH_S),
        Figure("load on the bus while pre-charging: main closed", load_closes, "times", "==", 0.0),
        Figure("opening against a machine that does not obey: open after", _last_resort_s(), "s", "<=", LATCH_S),
        Figure("looks of the table explored", looks, "", ">=", 10_000.0),
        Figure("of these, main closed with pre-charge incomplete", unready, "", "==", 0.0),
        Figure("random lives: main closed", closings, "times", ">=", 10.0),
        Figure("random lives: main closed below 95 %", early, "times", "==", 0.0),
        Figure("random lives: contacts welded by a closing", harmed, "", "==", 0.0),
    ]


def _opened_until_latched_s(rig: Rig) -> float:
    rig.wants = ()
    return rig.until("weld", limit_s=5.0)


def _stuck_s() -> float:
    """The worst of three contacts, with and without current."""
    found = []
    for contact, asked_a in itertools.product(CONTACTS, (0.0, 25.0)):
        rig = a_closed_rig(asked_a=asked_a, obeys=asked_a == 0.0)
        rig.run(0.5)
        rig.stuck = {contact: True}
        found.append(_opened_until_latched_s(rig))
    return max(found)


def _welded_s() -> float:
    found = []
    for welded in (("plus",), ("minus",), ("minus", "plus")):
        rig = a_closed_rig()
        rig.welded = welded
        rig.run(0.1)
        found.append(_opened_until_latched_s(rig))
        rig.run(LONG_S)
        assert rig.last.stage == "weld"
    return max(found)


def _tries() -> tuple[float, float, float]:
    """A load that the resistor cannot charge against."""
    rig = Rig(load_ohm=10.0)
    rig.until("lockout", limit_s=LONG_S)
    begins = rig.began("precharge")
    ends = [rig.log[at + 1][0] for at, each in enumerate(rig.log) if each[1] == "precharge"]
    gaps_s = [begin - end for end, begin in zip(ends, rig.began("minus")[1:], strict=False)]
    rig.run(LONG_S)
    return float(len(begins)), min(gaps_s), float(len(rig.began("minus")) - len(begins))


def _current() -> tuple[float, float]:
    """The resistor is bridged, and then: a machine draws from the bus."""
    bridged = Rig(facts=StringFacts(precharge_ohm=4.0))
    bridged.until("precharge", limit_s=5.0)
    latched_s = bridged.until("overcurrent", limit_s=5.0)
    closes = 0
    for load_ohm in (1.0, 20.0, 100.0, 400.0, 900.0):
        rig = Rig(load_ohm=load_ohm)
        rig.run(LONG_S)
        closes += len(rig.began("plus"))
    return latched_s, float(closes)


def _last_resort_s() -> float:
    rig = a_closed_rig(asked_a=25.0, obeys=False)
    rig.run(0.5)
    rig.is_permitted = False
    return rig.while_(lambda: rig.state.is_closed["plus"], limit_s=5.0)


def _explored() -> tuple[float, float]:
    found = explored(load_sequence("contactors").sequence)
    unready = [each for each in found.edges if "plus" in each.newly_on and "pre-charged" not in each.true]
    return float(found.look_count), float(len(unready))


def _random_lives(life_count: int) -> tuple[float, float, float]:
    """People, permissions, resets, silent sensors and loads at random: what becomes of the contacts?"""
    closings = early = harmed = 0
    for seed in range(life_count):
        rng = np.random.default_rng(seed)
        rig = Rig(tick_s=float(rng.choice([0.005, 0.01, 0.03])), facts=StringFacts(bus_farad=5e-4))
        rig.load_ohm = float(rng.choice([math.inf, math.inf, math.inf, 30.0]))
        for _ in range(round(20.0 / rig.tick_s)):
            was_on = rig.last.coils["plus"]
            bus_ratio = rig.state.bus_v / 400.0
            _shaken(rig, rng)
            rig.look()
            if rig.last.coils["plus"] and not was_on:
                closings += 1
                early += bus_ratio < 0.95
        harmed += len(rig.welds)
    return float(closings), float(early), float(harmed)


def _shaken(rig: Rig, rng: np.random.Generator) -> None:
    """What is well goes wrong now and then, and comes back sooner."""
    if rng.random() < (0.004 if rig.wants else 0.05):
        rig.wants = () if rig.wants else ("wanted",)
    if rng.random() < (0.002 if rig.is_permitted else 0.05):
        rig.is_permitted = not rig.is_permitted
    if rng.random() < (0.05 if rig.hides else 0.002):
        rig.hides = () if rig.hides else (str(rng.choice(["battery.bus_voltage_v", "plus.is_closed"])),)
    if rng.random() < 0.002:
        rig.asked_a = float(rng.normal(0.0, 20.0))
    rig.is_reset = bool(rng.random() < 0.01)
