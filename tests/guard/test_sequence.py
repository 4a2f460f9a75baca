"""Sequences: the one mechanism, what no table may ask of it, and every way through the tables that come with us."""

import math
from collections import defaultdict
from dataclasses import replace
from functools import cache
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.devices.sequences import load_sequence, sequence_names
from enerwise.guard.sequence import Exit, Sequence, Stage, Standing, start, step

from .exploring import EVER_S, Explored, explored
from .strategies import ANY_NUMBER

LEAVES = Exit(to="off", lacks=("permitted",))
NEEDS = {"lamp": ("permitted", "wanted"), "fan": ("permitted",)}
STAGES = {
    "off": Stage(id="off", exits=(Exit(to="on", when=("permitted", "wanted"), after_s=0.5),)),
    "on": Stage(
        id="on",
        drives=("lamp",),
        carries=True,
        try_max=2,
        spent="worn",
        exits=(LEAVES, Exit(to="off", lacks=("wanted",)), Exit(to="proven", when=("bright",), after_s=0.1)),
    ),
    "proven": Stage(id="proven", drives=("lamp",), renews=True, exits=(LEAVES, Exit(to="off", lacks=("wanted",)))),
    "worn": Stage(id="worn", fault="switched too often", exits=(Exit(to="off", when=("reset",)),)),
    "lost": Stage(id="lost", fault="no clock", exits=(Exit(to="off", when=("reset",)),)),
}


def a_lamp(*stages: Stage, **facts: Any) -> Sequence:
    """A lamp that may be tried twice; stages of the same name replace those that are there."""
    defaults: dict[str, Any] = {"id": "lamp", "source": "test", "start": "off", "lost": "lost", "needs": NEEDS}
    rows = {**STAGES, **{each.id: each for each in stages}}
    return Sequence(**{**defaults, "stages": rows, **facts})


def walked(sequence: Sequence, *looks: tuple[float, str]) -> list[str]:
    """Return the stages after each look at a time, with these truths."""
    standing, found = start(sequence, 0.0), []
    for t_s, true in looks:
        standing, stage = step(sequence, standing, dict.fromkeys(true.split(), True), t_s)
        assert stage.id == standing.stage
        found.append(stage.id)
    return found


def test_first_open_exit_is_taken_one_a_look() -> None:
    well = "permitted wanted bright"
    assert walked(a_lamp(), (0.4, well), (0.5, well), (0.5, well), (0.6, well), (0.7, "wanted")) == [
        "off",
        "on",
        "on",
        "proven",
        "off",
    ]


def test_ten_hundredths_of_a_second_are_a_tenth() -> None:
    standing = Standing("on", 0.0, 0.7)
    t_s = 0.7 + sum([0.01] * 10)
    assert t_s - 0.7 < 0.1
    assert step(a_lamp(), standing, dict.fromkeys(("permitted", "wanted", "bright"), True), t_s)[0].stage == "proven"


def test_tries_are_counted_and_renewed() -> None:
    well, tired = "permitted wanted", "permitted"
    tries = [(t_s, well if at % 2 == 0 else tired) for at, t_s in enumerate((1.0, 1.1, 2.0, 2.1, 3.0, 9.0))]
    assert walked(a_lamp(), *tries) == ["on", "off", "on", "off", "worn", "worn"]
    bright = [
        (1.0, well),
        (1.2, well + " bright"),
        (1.3, ""),
        (2.0, well),
        (2.1, ""),
        (3.0, well),
        (3.1, ""),
        (4.0, well),
    ]
    assert walked(a_lamp(), *bright) == ["on", "proven", "off", "on", "off", "on", "off", "worn"]


def test_only_what_is_known_to_be_true_is_true() -> None:
    standing = start(a_lamp(), 0.0)
    for value in (1, 1.0, "yes", None, math.nan, [True]):
        assert step(a_lamp(), standing, {"permitted": value, "wanted": True}, 1.0)[0].stage == "off"


@pytest.mark.parametrize("t_s", [math.nan, math.inf, -1.0, 1e13, "noon", None, True])
def test_clock_that_cannot_be_believed_ends_in_lost(t_s: Any) -> None:
    sequence = a_lamp()
    standing = Standing("proven", 5.0, 5.0)
    after, stage = step(sequence, standing, {"permitted": True, "wanted": True}, t_s)
    assert (stage.id, stage.drives, after.since_s) == ("lost", (), 5.0)
    assert step(sequence, after, {"reset": True}, 6.0)[1].id == "off"


def test_fault_stays_what_it_is_whatever_the_clock_does() -> None:
    worn = Standing("worn", 5.0, 5.0, 2)
    assert step(a_lamp(), worn, {"reset": True}, math.nan) == (worn, STAGES["worn"])


@given(
    st.sampled_from(sorted(STAGES)),
    st.integers(0, 3),
    st.dictionaries(st.sampled_from(["permitted", "wanted", "bright", "reset"]), st.one_of(st.booleans(), st.none())),
    ANY_NUMBER,
)
def test_step_is_total(stage: str, try_count: int, true: dict[str, object], t_s: float) -> None:
    after, said = step(a_lamp(), Standing(stage, 0.0, 0.0, try_count), true, t_s)
    assert said.id == after.stage
    assert 0.0 <= after.since_s <= after.t_s
    if "lamp" in said.drives and stage == "off":
        assert true["permitted"] is True
        assert true["wanted"] is True


# ---------------------------------------------------------------------------------------------------------------
# What no table may say

ON = STAGES["on"]
DANGERS = {
    "no stage 'nowhere'": replace(STAGES["off"], exits=(Exit(to="nowhere"),)),
    "no stage ''": replace(ON, spent=""),
    "no coil 'horn'": replace(ON, drives=("lamp", "horn")),
    "off: leads to itself": replace(STAGES["off"], exits=(Exit(to="off", when=("wanted",)),)),
    "off: switches lamp on without": replace(STAGES["off"], exits=(Exit(to="on", when=("permitted",)),)),
    "on: stays on without permission": replace(ON, exits=ON.exits[1:]),
    "worn: must have nothing on": replace(STAGES["worn"], drives=("lamp",), exits=(replace(LEAVES, when=("reset",)),)),
    "worn: is left without a reset": replace(STAGES["worn"], exits=(Exit(to="off", after_s=60.0),)),
}


@pytest.mark.parametrize("danger", DANGERS)
def test_dangerous_table_cannot_be_built(danger: str) -> None:
    with pytest.raises(ValueError, match=danger):
        a_lamp(DANGERS[danger])


def test_two_more_dangers_that_hide_behind_a_good_neighbour() -> None:
    by_itself = (*STAGES["worn"].exits, Exit(to="off", after_s=60.0))
    with pytest.raises(ValueError, match="worn: is left without a reset"):
        a_lamp(replace(STAGES["worn"], exits=by_itself))
    with pytest.raises(ValueError, match="no stage ''"):
        a_lamp(replace(ON, try_max=1, spent=""))


def test_power_flows_only_in_stages_that_say_so() -> None:
    assert [each.id for each in a_lamp().stages.values() if each.carries] == ["on"]


def test_table_says_under_which_name_its_stages_are() -> None:
    with pytest.raises(ValueError, match="off: leads to itself, or has another name"):
        a_lamp(stages={**STAGES, "off": replace(STAGES["off"], id="dark")})


def test_coil_needs_permission() -> None:
    with pytest.raises(ValueError, match="lamp: needs no permission"):
        a_lamp(needs={"lamp": ("wanted",), "fan": ("permitted",)})


@pytest.mark.parametrize("where", ["start", "lost", "spent"])
def test_nothing_is_on_where_a_table_begins_or_gives_up(where: str) -> None:
    facts: dict[str, Any] = {"start": "proven"} if where == "start" else {"lost": "proven"} if where == "lost" else {}
    with pytest.raises(ValueError, match="proven: must have nothing on"):
        a_lamp(*([replace(ON, spent="proven")] if where == "spent" else []), **facts)


@pytest.mark.parametrize(
    "exits",
    [
        (),
        (replace(LEAVES, after_s=1.0),),
        (replace(LEAVES, when=("bright",)),),
        (Exit(to="off", lacks=("wanted",)), LEAVES),
        (Exit(to="off", after_s=1.0), Exit(to="proven", after_s=9.0)),
        (replace(LEAVES, to="proven"),),
    ],
)
def test_permission_that_goes_ends_what_is_on_first_and_at_once(exits: tuple[Exit, ...]) -> None:
    with pytest.raises(ValueError, match="on: stays on without permission"):
        a_lamp(replace(ON, exits=exits))


def test_what_is_on_may_wind_down_by_time_alone() -> None:
    fading = Stage(id="fading", drives=("lamp",), exits=(Exit(to="off", when=("dim",)), Exit(to="off", after_s=1.0)))
    sequence = a_lamp(replace(ON, exits=(replace(LEAVES, to="fading"),)), fading)
    assert walked(sequence, (1.0, "permitted wanted"), (1.1, ""), (2.0, ""), (2.1, "")) == [
        "on",
        "fading",
        "fading",
        "off",
    ]
    with pytest.raises(ValueError, match="fading: stays on"):
        a_lamp(replace(ON, exits=(replace(LEAVES, to="fading"),)), replace(fading, exits=fading.exits[:1]))


def test_excluding_coils_are_never_on_together_or_one_right_after_the_other() -> None:
    pair = {"excludes": (("lamp", "fan"),)}
    blows = Stage(id="blows", drives=("fan",), exits=(LEAVES,))
    assert walked(a_lamp(blows, **pair), (1.0, "permitted wanted")) == ["on"]
    with pytest.raises(ValueError, match="blows: lamp and fan exclude each other"):
        a_lamp(replace(blows, drives=("lamp", "fan")), **pair)
    with pytest.raises(ValueError, match="on: lamp and fan exclude each other"):
        a_lamp(blows, replace(ON, exits=(LEAVES, Exit(to="blows", when=("permitted",)))), **pair)


# ---------------------------------------------------------------------------------------------------------------
# Every way through the tables that come with us


@cache
def ways(name: str) -> Explored:
    return explored(load_sequence(name).sequence)


@pytest.mark.parametrize("name", sequence_names())
def test_every_stage_can_be_reached_and_left(name: str) -> None:
    stages, found = load_sequence(name).sequence.stages, ways(name)
    # The clock leads to "lost", and no truth does.
    assert found.stages == set(stages) - {"lost"}
    left = {each.before.id for each in found.edges if each.after is not each.before}
    assert left == found.stages


@pytest.mark.parametrize("name", sequence_names())
def test_without_permission_everything_is_off_soon_whatever_else_is_true(name: str) -> None:
    """From every stage, over all that can happen while the permission is gone: the longest way to nothing on."""
    steps: dict[str, set[str]] = defaultdict(set)
    for edge in ways(name).edges:
        if "permitted" not in edge.true and edge.dwell_s == EVER_S:
            steps[edge.before.id].add(edge.after.id)
        assert not edge.newly_on or "permitted" in edge.true
    stages = load_sequence(name).sequence.stages
    for stage in stages.values():
        reached, rounds = {stage.id}, 0
        while any(stages[each].drives for each in reached):
            reached = {after for each in reached for after in (steps[each] if stages[each].drives else {each})}
            rounds += 1
            assert rounds <= 4, (stage.id, reached)


def test_main_with_incomplete_pre_charge_is_unreachable() -> None:
    """Requirement 17: of all looks that can happen, those that switch plus on, against a specification by hand."""
    closes = [each for each in ways("contactors").edges if "plus" in each.newly_on]
    assert closes
    for each in closes:
        assert each.before.drives == ("minus", "precharge")
        assert each.true >= {"pre-charged", "battery-live", "unloaded", "minus-closed", "precharge-closed", "plus-open"}
        assert each.true >= {"permitted", "wanted"}
        assert 0.1 - 1e-9 <= each.dwell_s < 2.0
    names = ways("contactors").names
    print(f"contactors: {ways('contactors').look_count} looks, up to 2^{max(map(len, names.values()))} truths a stage")


@pytest.mark.parametrize("name", sequence_names())
def test_clock_that_cannot_be_believed_switches_nothing_on_from_any_stage(name: str) -> None:
    """What `explored` leaves out: from every stage and try, with nothing true and with everything."""
    sequence, reset_leads_to = load_sequence(name).sequence, set()
    names = {each for stage in sequence.stages.values() for way in stage.exits for each in (*way.when, *way.lacks)}
    everything: dict[str, object] = dict.fromkeys(names, True)
    nothing: dict[str, object] = {}
    clocks_s, truths = (math.nan, math.inf, 4.9, -1.0), (nothing, everything)
    for stage, try_count, t_s, true in product(sequence.stages.values(), range(4), clocks_s, truths):
        after, said = step(sequence, Standing(stage.id, 5.0, 5.0, try_count), true, t_s)
        assert (said.id, said.drives) == (stage.id if stage.fault else sequence.lost, ())
        assert after.try_count == try_count
        assert step(sequence, after, {**everything, "reset": False}, EVER_S)[1] is said
        reset_leads_to.add(step(sequence, after, everything, EVER_S)[0].stage)
    # Everything known to be true is what opens the way out of each fault: to where every life begins.
    assert reset_leads_to == {sequence.start}


def test_contactors_are_driven_in_their_order_only() -> None:
    found = ways("contactors").edges
    assert {frozenset(each.after.drives) for each in found} == {
        frozenset(),
        frozenset({"minus"}),
        frozenset({"minus", "precharge"}),
        frozenset({"minus", "precharge", "plus"}),
        frozenset({"minus", "plus"}),
    }
    for each in found:
        if "minus" in each.newly_on:
            assert each.true >= {"bus-dead", "minus-open", "precharge-open", "plus-open", "permitted", "wanted"}
            assert each.dwell_s >= 0.3 - 1e-9
        if "precharge" in each.newly_on:
            assert each.before.drives == ("minus",)
            assert each.true >= {"bus-dead", "minus-closed", "precharge-open", "plus-open"}
        if each.after.carries:
            assert set(each.after.drives) == {"minus", "plus"}


def test_pre_charge_is_tried_three_times_at_most() -> None:
    """The tries only grow, are renewed by success and by faults that a person resets, and a fourth begins nowhere."""
    for each in ways("contactors").edges:
        before, after = each.tries
        if each.after.id == "minus" and each.before.id != "minus":
            assert after == before + 1 <= 3
        elif after < before:
            assert after == 0
            assert each.after.id == "closed" or each.after.fault
        else:
            assert after == before


def test_changeover_never_has_both_supplies_and_always_pauses() -> None:
    for each in ways("changeover").edges:
        assert len({"grid", "backup"} & {*each.before.drives, *each.after.drives}) <= 1
        if each.newly_on:
            assert each.before.id == "neither"
            assert each.true >= {"grid-open", "backup-open"}
            assert not each.true >= {"grid-wanted", "backup-wanted"}
            assert each.dwell_s >= 0.5 - 1e-9


def test_relay_closes_only_from_seen_open_and_stays_only_while_seen_closed() -> None:
    for each in ways("relay").edges:
        if each.newly_on:
            assert each.true >= {"permitted", "wanted", "open"}
        if each.after.id == "on" and each.before.id != "on":
            assert "closed" in each.true
