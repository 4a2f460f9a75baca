"""A graph says what its member says, number for number, missing values and other sizes included."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enerwise.core.errors import ProblemsFound
from enerwise.forecast.columns.floor import naive_day
from enerwise.forecast.columns.learning import lesson
from enerwise.forecast.columns.ridge import Ridge
from enerwise.forecast.features import rows
from enerwise.forecast.frame import ColumnModel, Known
from tests.forecast.column_builders import a_column_frame, a_series, issues

pytest.importorskip("onnx", reason="the extra `edge` is not installed")
pytest.importorskip("onnxruntime", reason="the extra `edge` is not installed")

from enerwise.forecast.edge.graph import exported
from enerwise.forecast.edge.served import EdgeModel, load


def a_known(day: int = 60, *, gaps: bool = False, horizon: int = 24) -> Known:
    target = a_series(70, noise=0.3)
    if gaps:
        target[day * 24 - 60 : day * 24 - 10] = np.nan
    frame = a_column_frame(target, columns={"sun": a_series(70, seed=3)})
    return frame.as_of(issues(day, 1)[0], horizon)


def served(model: ColumnModel, known: Known) -> EdgeModel:
    names = rows(known, np.array([known.past_count]), known.horizon).names
    return load(exported(model, names, known.horizon).SerializeToString())


@pytest.fixture(scope="module")
def ridge() -> tuple[ColumnModel, EdgeModel]:
    model = Ridge().fit(a_known())
    return model, served(model, a_known())


@pytest.fixture(scope="module")
def trees() -> tuple[ColumnModel, EdgeModel]:
    pytest.importorskip("lightgbm", reason="the extra `learn` is not installed")
    from enerwise.forecast.columns.trees import Trees

    model = Trees().fit(a_known(gaps=True))
    return model, served(model, a_known())


@pytest.mark.parametrize("member", ["ridge", "trees"])
@pytest.mark.parametrize("gaps", [False, True])
def test_a_graph_says_what_its_member_says(member: str, gaps: bool, request: pytest.FixtureRequest) -> None:
    model, graph = request.getfixturevalue(member)
    for day in (60, 61, 65):
        known = a_known(day, gaps=gaps)
        said = model.predict(known)
        np.testing.assert_allclose(graph.predict(known), said, rtol=1e-9, atol=1e-9 * np.abs(said).max())


@given(seed=st.integers(0, 2**32 - 1), missing=st.floats(0.0, 1.0))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
def test_trees_take_missing_values_the_same_way_whether_they_were_taught_any_or_not(
    trees: tuple[ColumnModel, EdgeModel], seed: int, missing: float
) -> None:
    from enerwise.forecast.columns.trees import TreesModel

    model, graph = trees
    assert isinstance(model, TreesModel)
    rng = np.random.default_rng(seed)
    taught = lesson(a_known()).x[:24]
    x = np.where(rng.random(taught.shape) < missing, np.nan, taught * rng.normal(1.0, 1.0, taught.shape))
    base = rng.normal(size=24)
    told = {"x": x, "base": base, "scale": np.full(24, 3.0)}
    expected = (model.scaled(x, base) + base[:, None]) * 3.0
    np.testing.assert_allclose(graph.session.run(None, told)[0], expected, rtol=1e-9, atol=1e-9)


def test_a_graph_refuses_what_it_was_not_made_for(ridge: tuple[ColumnModel, EdgeModel]) -> None:
    with pytest.raises(ProblemsFound, match="is for 24 steps"):
        ridge[1].predict(a_known(horizon=48))
    blind = replace(
        a_known(), columns=(), known=np.zeros((61 * 24, 0)), known_at=np.zeros((61 * 24, 0), "datetime64[ms]")
    )
    with pytest.raises(ProblemsFound, match="export it from a model of this series"):
        ridge[1].predict(blind)


def test_what_has_no_graph_is_told() -> None:
    with pytest.raises(ProblemsFound, match="export ridge or trees"):
        exported(naive_day().fit(a_known()), (), 24)
