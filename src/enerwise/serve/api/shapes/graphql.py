"""Questions to the graph."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class GraphQuestion(BaseModel):
    """A question, as GraphQL over HTTP writes it."""

    model_config = ConfigDict(populate_by_name=True)

    query: str = Field(min_length=1, max_length=20_000, examples=["{sites {id name assets {id kind}}}"])
    variables: dict[str, Any] | None = None
    operation_name: str | None = Field(default=None, alias="operationName", max_length=200)


class GraphError(BaseModel):
    """What could not be answered."""

    message: str
    locations: list[dict[str, int]] = []
    path: list[str | int] = []
    extensions: dict[str, Any] = {}


class GraphAnswer(BaseModel):
    """Data, and what could not be answered."""

    data: dict[str, Any] | None
    errors: list[GraphError] = []
