"""Every quantity is known and ends in its unit."""

from enerwise.core import quantity


def test_every_constant_is_among_the_quantities() -> None:
    constants = {value for name, value in vars(quantity).items() if name.isupper() and isinstance(value, str)}
    assert constants == quantity.QUANTITIES


def test_names_are_their_constants_in_lower_case() -> None:
    assert all(vars(quantity)[each.upper()] == each for each in quantity.QUANTITIES)
