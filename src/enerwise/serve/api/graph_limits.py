"""How deep and how costly a question to the graph may be, weighed before anything is read.

A field costs what it is to answer, times how often its parents stand there. A fragment is weighed once, however often
it is spread, so that no question takes long to weigh.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    parse,
)

from enerwise.serve.api.problems import Fault, Trouble

TOKENS_MOST: Final = 2000
DEPTH_MOST: Final = 8
COST_MOST: Final = 1000
COSTS: Final[Mapping[str, int]] = {"series": 10, "plan": 20, "notices": 10, "facts": 2, "channels": 5}
"""What is not named costs 1."""
KEYS: Final = ("keys", "quantities")
"""Arguments each of whose values is read for itself."""


@dataclass(frozen=True, slots=True)
class Weight:
    """What a part of a question weighs."""

    depth: int = 0
    cost: int = 0

    def beside(self, other: "Weight") -> "Weight":
        """Return what both weigh side by side."""
        return Weight(max(self.depth, other.depth), self.cost + other.cost)


@dataclass(slots=True)
class Scales:
    """Weighs one question."""

    counts: Mapping[str, int]
    """How many items the lists have, by field."""
    variables: Mapping[str, Any]
    fragments: Mapping[str, FragmentDefinitionNode]
    _known: dict[str, Weight | None] = field(default_factory=dict)

    def selection(self, selected: SelectionSetNode | None) -> Weight:
        """Weigh everything between two braces."""
        total = Weight()
        for each in selected.selections if selected is not None else ():
            total = total.beside(self._one(each))
        return total

    def _one(self, node: Any) -> Weight:
        match node:
            case FieldNode() if node.name.value.startswith("__"):
                return Weight(1, 1 + self.selection(node.selection_set).cost)
            case FieldNode():
                inner, name = self.selection(node.selection_set), node.name.value
                cost = COSTS.get(name, 1) * self._keys(node) + self.counts.get(name, 1) * inner.cost
                return Weight(1 + inner.depth, cost)
            case InlineFragmentNode():
                return self.selection(node.selection_set)
            case FragmentSpreadNode():
                return self._fragment(node.name.value)
        return Weight()

    def _fragment(self, name: str) -> Weight:
        if name in self._known:
            known = self._known[name]
            if known is None:
                raise _wrong("too-deep", f"fragment {name!r} holds itself", "let no fragment come back to itself")
            return known
        if name not in self.fragments:
            return Weight()  # the validation of the question says so
        self._known[name] = None
        found = self._known[name] = self.selection(self.fragments[name].selection_set)
        return found

    def _keys(self, node: FieldNode) -> int:
        for argument in node.arguments or ():
            if argument.name.value in KEYS:
                match argument.value:
                    case ListValueNode(values=values):
                        return max(1, len(values))
                    case VariableNode(name=named) if isinstance(found := self.variables.get(named.value), list):
                        return max(1, len(found))
        return 1


def check(query: str, variables: Mapping[str, Any], counts: Mapping[str, int]) -> None:
    """Refuse a question that is no question, too deep or too costly.

    Args:
        query: What is asked.
        variables: Its variables.
        counts: How many items the lists have for this caller, by field.

    Raises:
        Trouble: 422.
    """
    total = weigh(_parsed(query), variables, counts)
    if total.depth > DEPTH_MOST:
        raise _wrong("too-deep", f"fields are nested {total.depth} times, at most {DEPTH_MOST}", "ask for less at once")
    if total.cost > COST_MOST:
        remedy = "ask for fewer sites, assets or channels at once"
        raise _wrong("too-costly", f"it would cost {total.cost}, at most {COST_MOST}", remedy)


def weigh(document: DocumentNode, variables: Mapping[str, Any], counts: Mapping[str, int]) -> Weight:
    """Return what all operations of a document weigh together."""
    parts = document.definitions
    fragments = {each.name.value: each for each in parts if isinstance(each, FragmentDefinitionNode)}
    scales, total = Scales(counts, variables, fragments), Weight()
    for each in parts:
        if isinstance(each, OperationDefinitionNode):
            total = total.beside(scales.selection(each.selection_set))
    return total


def _parsed(query: str) -> DocumentNode:
    try:
        return parse(query, max_tokens=TOKENS_MOST)
    except GraphQLError as error:
        where = "".join(f", line {each.line} column {each.column}" for each in error.locations or ())
        raise _wrong("wrong-query", f"{error.message}{where}", "write a query such as {sites {id name}}") from None


def _wrong(code: str, message: str, remedy: str) -> Trouble:
    fault = Fault(place="query", message=message, remedy=remedy)
    return Trouble(422, code, f"query: {message}; {remedy}", faults=[fault])
