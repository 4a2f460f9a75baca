"""The description of the API says what is sent, and lies in the documents as it is."""

import json
from pathlib import Path
from typing import Any

import pytest
import schemathesis

from enerwise.serve.api.schema import METHODS, published, text

from .operations import operations

KEPT = Path(__file__).parents[3] / "docs" / "openapi.json"


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    return published()


def _operations(told: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = [path[method] for path in told["paths"].values() for method in METHODS if method in path]
    return {each["operationId"]: each for each in found}


def test_the_description_in_the_documents_is_that_of_this_version(told: dict[str, Any]) -> None:
    remedy = "make client  # writes docs/openapi.json and the clients again"
    assert KEPT.read_text(encoding="utf-8") == text(told), remedy


def test_it_is_openapi_3_1(told: dict[str, Any]) -> None:
    assert told["openapi"].startswith("3.1")
    schemathesis.openapi.from_dict(json.loads(text(told))).validate()


def test_names_are_unique_and_in_one_form(told: dict[str, Any]) -> None:
    names = [path[method]["operationId"] for path in told["paths"].values() for method in METHODS if method in path]
    assert len(names) == len(set(names)) > 60
    assert all(each.isidentifier() and each == each.lower() for each in names)


def test_every_refusal_is_described_as_problem_details(told: dict[str, Any]) -> None:
    for name, each in _operations(told).items():
        refusals = {code: response for code, response in each["responses"].items() if code >= "400"}
        assert {"400", "414", "422", "429"} <= set(refusals), name
        assert all("application/problem+json" in each["content"] for each in refusals.values()), name
    assert "HTTPValidationError" not in told["components"]["schemas"]


def test_it_tells_what_each_operation_asks_of_whoever_comes(told: dict[str, Any]) -> None:
    described = _operations(told)
    for each in operations():
        if each.gate is None:
            assert described[each.name]["security"] == []
        else:
            assert "security" not in described[each.name], "the security of the whole API"
            assert described[each.name].get("x-action") == each.gate.action
    assert {name for scheme in told["security"] for name in scheme} == set(told["components"]["securitySchemes"])
