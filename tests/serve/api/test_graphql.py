"""The graph: nested reads in one question, the same rights, and a bound on what may be asked."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from graphql import parse
from hypothesis import given
from hypothesis import strategies as st

from enerwise.serve.api.graph_limits import COST_MOST, DEPTH_MOST, Weight, weigh

from .builders import FOREIGN, OWN, Client

DAY = 'from: "2026-05-12T22:00Z", to: "2026-05-13T20:00Z", step_s: 900'


def asked(home: Client, query: str, **variables: Any) -> Any:
    answer = home.post("/graphql", {"query": query, "variables": variables})
    assert answer.status_code == 200, answer.text
    return answer.json()


def data(home: Client, query: str, **variables: Any) -> Any:
    found = asked(home, query, **variables)
    assert "errors" not in found, found
    return found["data"]


def test_sites_assets_and_series_come_in_one_answer(home: Client) -> None:
    query = f'{{sites {{id assets {{id kind series({DAY})}} series(keys: ["grid.power_w"], {DAY})}}}}'
    (site,) = data(home, query)["sites"]
    assert [each["id"] for each in site["assets"]] == ["roof", "battery", "home", "boiler"]
    rest = home.get(
        f"/sites/{OWN}/series?key=home.power_w&from=2026-05-12T22:00Z&to=2026-05-13T20:00Z&step_s=900"
    ).json()
    assert site["assets"][2]["series"] == rest
    assert len(site["series"]["columns"]["grid.power_w"]) == 88


def test_plan_notices_and_facts_are_those_of_the_other_reads(home: Client) -> None:
    query = "query($id: String!) {site(id: $id) {facts plan {id goal start_utc power_w} notices {level what: text}}}"
    site = data(home, query, id=OWN)["site"]
    plan = home.get(f"/sites/{OWN}/plan").json()
    assert site["plan"] == {name: plan[name] for name in ("id", "goal", "start_utc", "power_w")}
    assert site["facts"] == home.get(f"/sites/{OWN}").json()
    told = home.get(f"/sites/{OWN}/notices").json()["items"]
    assert [each["level"] for each in site["notices"]] == [each["level"] for each in told]


def test_a_foreign_site_is_not_there(home: Client) -> None:
    for place in (FOREIGN, "nowhere"):
        found = asked(home, f'{{site(id: "{place}") {{id}}}}')
        assert found["data"] is None
        assert found["errors"][0]["extensions"] == {"code": "no-such-site", "status": 404}
    assert [each["id"] for each in data(home.as_("owner"), "{sites {id}}")["sites"]] == [FOREIGN, OWN]


def test_nobody_learns_even_what_could_be_asked_before_signing_in(home: Client) -> None:
    answer = home.as_("").post("/graphql", {"query": "{__schema {types {name}}}"})
    assert answer.status_code == 401
    assert "Columns" in [each["name"] for each in data(home, "{__schema {types {name}}}")["__schema"]["types"]]


def test_a_wrong_part_is_told_with_place_and_remedy(home: Client) -> None:
    found = asked(home, "{sites {id}} ", **{})
    assert found["data"]["sites"]
    wrong = asked(home, '{sites {id series(keys: ["nonsense"])}}')
    assert "write asset and quantity" in wrong["errors"][0]["message"]
    assert wrong["errors"][0]["extensions"]["code"] == "wrong-request"
    unknown = asked(home, "{sites {colour}}")
    assert "colour" in unknown["errors"][0]["message"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{sites {id", "wrong-query"),
        ("{" + "a{" * DEPTH_MOST + "id" + "}" * DEPTH_MOST + "}", "too-deep"),
        ("{" + "a{" * 600 + "id" + "}" * 601, "wrong-query"),
        ("{" + "a{" * 190 + "id" + "}" * 191, "too-deep"),
        ("query {...A} fragment A on Query {sites {id} ...A}", "too-deep"),
        ("query {...A} fragment A on Query {...B} fragment B on Query {...A}", "too-deep"),
        ("{sites {" + " ".join(f"p{count}: plan {{id}}" for count in range(60)) + "}}", "too-costly"),
        (f"{{sites {{series(keys: {json.dumps(['grid.power_w'] * 101)})}}}}", "too-costly"),
        ("{sites {assets {" + " ".join(f"s{count}: series" for count in range(30)) + "}}}", "too-costly"),
        ("{" + " ".join(f"a{count}: __typename" for count in range(700)) + "}", "wrong-query"),
    ],
)
def test_what_is_too_deep_or_too_costly_is_refused_before_anything_is_read(home: Client, query: str, code: str) -> None:
    answer = home.post("/graphql", {"query": query})
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["faults"][0]["remedy"]


def test_a_fragment_that_doubles_with_each_step_is_weighed_at_once(home: Client) -> None:
    steps = [f"fragment F{at} on Query {{...F{at + 1} ...F{at + 1}}}" for at in range(40)]
    query = "query {...F0} " + " ".join(steps) + " fragment F40 on Query {sites {id}}"
    answer = home.post("/graphql", {"query": query})
    assert answer.json()["code"] == "too-costly"


names = st.sampled_from(["id", "series", "plan", "notices", "assets", "sites"])
trees = st.recursive(names.map(lambda name: (name, ())), lambda inner: st.tuples(names, st.lists(inner, max_size=3)))
COUNTS = {"sites": 3, "assets": 5}


def written(tree: Any) -> str:
    name, inner = str(tree[0]), tree[1]
    return name + (" {" + " ".join(written(each) for each in inner) + "}" if inner else "")


def summed(tree: Any) -> tuple[int, int]:
    """Depth and cost, item by item, as if everything were answered."""
    name, inner = tree
    parts: Sequence[tuple[int, int]] = [summed(each) for each in inner]
    own = {"series": 10, "plan": 20, "notices": 10}.get(name, 1)
    items = COUNTS.get(name, 1)
    return 1 + max((depth for depth, _ in parts), default=0), own + sum(cost for _ in range(items) for _, cost in parts)


@given(trees)
def test_a_question_weighs_what_answering_it_takes(tree: Any) -> None:
    depth, cost = summed(tree)
    assert weigh(parse("{" + written(tree) + "}"), {}, COUNTS) == Weight(depth, cost)
    spread = f"query {{...A}} fragment A on Query {{{written(tree)}}}"
    assert weigh(parse(spread), {}, COUNTS) == Weight(depth, cost)


def test_the_limits_leave_room_for_a_page_of_everything() -> None:
    whole = "{sites {id facts assets {id series} series(keys: $keys) plan {id power_w} notices {id text}}}"
    weight = weigh(parse(f"query($keys: [String!]!) {whole}"), {"keys": ["a"] * 4}, COUNTS)
    assert weight.cost < COST_MOST
    assert weight.depth < DEPTH_MOST
