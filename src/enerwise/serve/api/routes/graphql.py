"""GraphQL: nested reads in one question. The first loads its library: a server is ready sooner without."""

import asyncio
import importlib
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from enerwise.serve.api.access import Caller, known
from enerwise.serve.api.answers import PROBLEMS
from enerwise.serve.api.face import Face
from enerwise.serve.api.shapes.graphql import GraphAnswer, GraphQuestion
from enerwise.serve.api.wire import to_json

if TYPE_CHECKING:
    from enerwise.serve.api import graph

GRAPH: Final = "enerwise.serve.api.graph"
router = APIRouter(tags=["sites"])
Known = Annotated[Caller, known()]


@router.post("/graphql", response_class=Response, responses={200: {"model": GraphAnswer}, **PROBLEMS})
async def ask_graph(request: Request, caller: Known, asked: GraphQuestion) -> Response:
    """Answer a question to the graph of sites; one that is too deep or too costly is refused."""
    await asyncio.to_thread(importlib.import_module, GRAPH)
    from enerwise.serve.api import graph, graph_limits

    face: Face = request.app.state.face
    context = graph.Context(face, caller)
    graph_limits.check(asked.query, asked.variables or {}, _counts(context))
    # Stores are read in the thread of the question, not in that of the server.
    found = await asyncio.to_thread(graph.answer, context, asked.query, asked.variables, asked.operation_name)
    return Response(to_json(found), media_type="application/json")


def _counts(context: "graph.Context") -> dict[str, int]:
    seen = context.seen()
    return {"sites": len(seen), "assets": max((len(list(each.site)) for each in seen), default=0)}
