"""One home that was really run serves all tests that only look at it."""

import pytest

from .builders import Client, a_client


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Client:
    return a_client(tmp_path_factory.mktemp("home"))
