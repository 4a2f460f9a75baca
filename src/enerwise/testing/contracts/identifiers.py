"""What every way of identifying a device must satisfy: it refuses what tells too little, and moves no limit.

A plug-in's test inherits the suite, and says what a declared device and a good record of another are::

    class TestMine(IdentifierContract):
        name = "mine"

        def asset(self) -> Asset:
            return a_declared_device()

        def record(self) -> Record:
            return what_was_measured_of_one_that_differs()
"""

from dataclasses import fields
from typing import Any, ClassVar

import numpy as np

from enerwise.core.plugin import load
from enerwise.core.time import DAY_S
from enerwise.physics.identify.identifier import Identified, Identifier, Record, Refused

LIMITS: tuple[str, ...] = (
    "id",
    "charge_limit_w",
    "discharge_limit_w",
    "soc_min_ratio",
    "soc_max_ratio",
    "reserve_ratio",
    "electric_max_w",
    "electric_min_w",
    "power_max_w",
    "power_min_w",
    "safe_power_w",
    "low_degc",
    "high_degc",
    "run_min_s",
    "pause_min_s",
)
"""Facts of assets that no data may move, as far as an asset has them."""


class IdentifierContract:
    """Inherit, set ``name``, say what `asset` and `record` are."""

    name: ClassVar[str]

    def asset(self) -> Any:
        """Return a device as a site file declares it."""
        raise NotImplementedError

    def record(self) -> Record:
        """Return three weeks or more of a device that is not quite as declared."""
        raise NotImplementedError

    def identifier(self) -> Identifier:
        """Return the plug-in, as everybody gets it."""
        made: Identifier = load("enerwise.identifiers", self.name)()
        return made

    def parameters(self) -> dict[str, float]:
        """Return what the record tells of the declared device."""
        found = self.identifier().identify(self.asset(), self.record())
        assert isinstance(found, Identified), found
        return {name: each.value for name, each in found.parameters.items()}

    def identified(self) -> Any:
        """Return the declared device with what the record tells."""
        return self.identifier().applied(self.asset(), self.parameters())

    def test_is_registered_under_its_name(self) -> None:
        assert self.identifier().name == self.name and isinstance(self.asset(), self.identifier().kind)

    def test_every_parameter_lies_within_its_interval(self) -> None:
        found = self.identifier().identify(self.asset(), self.record())
        assert isinstance(found, Identified) and found.parameters
        assert all(each.low <= each.value <= each.high for each in found.parameters.values())

    def test_no_limit_moves(self) -> None:
        declared, made = self.asset(), self.identified()
        for name in LIMITS:
            assert getattr(declared, name, None) == getattr(made, name, None), name
        assert any(getattr(declared, each.name) != getattr(made, each.name) for each in fields(declared))

    def test_what_was_identified_foretells_better(self) -> None:
        declared = self.identifier().losses(self.asset(), {}, self.record())
        made = self.identifier().losses(self.asset(), self.parameters(), self.record())
        assert made.keys() == declared.keys() and len(made) >= 14
        assert sum(made.values()) < sum(declared.values())

    def test_nothing_measured_is_refused_with_what_is_missing(self) -> None:
        refused = self.identifier().identify(self.asset(), Record(self.record().grid, {}))
        assert isinstance(refused, Refused) and refused.missing
        assert not self.identifier().losses(self.asset(), {}, Record(self.record().grid, {}))

    def test_two_days_are_refused_with_what_is_needed(self) -> None:
        record = self.record()
        refused = self.identifier().identify(self.asset(), record.part(0, 2 * DAY_S // record.grid.step_s))
        assert isinstance(refused, Refused) and "needed" in refused.missing

    def test_a_record_is_left_as_it_is(self) -> None:
        record = self.record()
        before = {key: value.copy() for key, value in record.value.items()}
        self.identifier().identify(self.asset(), record)
        assert all(np.array_equal(before[key], value, equal_nan=True) for key, value in record.value.items())

    def test_facts_tell_two_declarations_apart(self) -> None:
        assert self.identifier().facts(self.asset()) != self.identifier().facts(self.identified())
