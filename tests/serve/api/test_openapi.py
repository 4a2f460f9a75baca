"""The description of the API says what is sent."""

from pathlib import Path

from enerwise.serve.api.app import make_app
from enerwise.serve.api.face import Face
from tests.serve.accounts.builders import open_accounts


def test_refusals_are_described_as_problem_details_and_names_are_unique(tmp_path: Path) -> None:
    with open_accounts(tmp_path) as accounts:
        told = make_app(Face({}, accounts, accounts.ground.clock, tmp_path)).openapi()
    operations = [each for path in told["paths"].values() for each in path.values()]
    names = [each["operationId"] for each in operations]
    assert len(names) == len(set(names)) > 40
    for each in operations:
        for code, response in each["responses"].items():
            if code >= "400":
                assert "application/problem+json" in response["content"], (each["operationId"], code)
    assert "HTTPValidationError" not in told["components"]["schemas"]
    assert told["openapi"].startswith("3.1")
