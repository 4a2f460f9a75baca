"""The whole API, asked with whatever its description allows, and with what it does not: it answers as described.

Each operation is asked by an owner with a few made-up requests, in ``make soak`` with many.
"""

import itertools
import os
from collections.abc import Iterator
from typing import Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, CheckContext, GenerationMode, Response
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from enerwise.serve.api.access import ROLES, Caller

from ..accounts.builders import ORIGIN
from .believed import House, a_house
from .builders import OWN
from .operations import Operation, operations

SILENT: Final = "brain-silent"
"""Here nobody plans beside the site; everything else answers."""


def nothing_breaks(context: CheckContext, response: Response, case: Case[Any]) -> None:
    assert response.status_code < 500 or response.json()["code"] == SILENT, response.text


EXAMPLES: Final = 150 if os.environ.get("ENERWISE_EXPLORE") else 5
CHECKS: Final = [
    nothing_breaks,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
OWNER: Final = Caller("owner", "person", "Ada", {"*": ROLES["owner"]}, session="session-1")
KNOWN: Final = {"site": OWN, "asset": "battery", "market": "lindenweg"}
"""What is there, so that requests come further than 404."""
ENDLESS: Final = {
    "stream_events": "a stream that ends when its reader leaves; tests/serve/api/test_live.py reads it",
    "stream_market": "another; tests/serve/api/test_market.py reads it",
}
ASKED: Final = [each for each in operations() if each.name not in ENDLESS]
_COUNT: Final = itertools.count()
schemathesis.serializer.alias("application/zip", "application/octet-stream")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with a_house(tmp_path_factory.mktemp("schema"), {"owner": OWNER}) as found:
        yield found


@pytest.fixture(scope="module")
def schema(house: House) -> BaseSchema:
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", house.app)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda each: str(each.value))
@pytest.mark.parametrize("operation", ASKED, ids=lambda each: each.name)
def test_it_answers_as_described(schema: BaseSchema, operation: Operation, mode: GenerationMode) -> None:
    described = schema[operation.path][operation.method]
    known = {name: value for name, value in KNOWN.items() if f"{{{name}}}" in operation.path}
    cases = described.as_strategy(generation_mode=mode, path_parameters=known or None)

    @settings(
        max_examples=EXAMPLES,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def ask(case: Case[Any]) -> None:
        case.call_and_validate(base_url=ORIGIN, headers=_shown(), checks=CHECKS)

    try:
        ask()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE, "where nothing can be said, nothing can be wrong"


def _shown() -> dict[str, Any]:
    """Return what proves who asks; the mark gives every request a rate of its own."""
    return {"Authorization": f"owner/{next(_COUNT)}", "Origin": ORIGIN}
