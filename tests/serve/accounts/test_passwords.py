"""The hash that stands for e-mails nobody has: as costly to check as any, and no password fits it."""

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import VerifyMismatchError
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.serve.accounts.passwords import hash_of_nobody

CHEAP = PasswordHasher(time_cost=2, memory_cost=64, parallelism=2)


@settings(max_examples=10)
@given(password=st.text(min_size=1, max_size=40).filter(lambda each: each.isprintable()))
def test_nobodys_hash_costs_as_much_as_any_and_never_fits(password: str) -> None:
    nobodys = hash_of_nobody(CHEAP)
    assert extract_parameters(nobodys) == extract_parameters(CHEAP.hash(password))
    # A mismatch, not a broken hash: the whole work was done before the answer.
    with pytest.raises(VerifyMismatchError):
        CHEAP.verify(nobodys, password)


def test_every_server_makes_its_own() -> None:
    assert hash_of_nobody(CHEAP) != hash_of_nobody(CHEAP)
