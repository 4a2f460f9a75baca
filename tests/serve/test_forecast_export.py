"""`enerwise forecast export`: a graph on disk that says what the champion's member says."""

from pathlib import Path

import numpy as np
import pytest

from enerwise.store.column_files import Wish, read_columns
from enerwise.store.forecast_registry import Registry
from tests.forecast.column_builders import START, a_series
from tests.serve.test_forecast_registry import a_file, run, train

pytest.importorskip("onnx", reason="the extra `edge` is not installed")
pytest.importorskip("onnxruntime", reason="the extra `edge` is not installed")


def export(folder: Path, data: Path, member: str, *, series: str = "load_kwh") -> tuple[int, str]:
    asked = ["--registry", folder / "kept", "--data", data, "--member", member, "--out", folder / "g.onnx"]
    return run("export", series, *asked)


def test_the_graph_on_disk_says_what_the_member_says(tmp_path: Path) -> None:
    from enerwise.forecast.edge.served import load

    data = a_file(tmp_path, a_series(60))
    train(tmp_path, data, "one", "naive_1d,naive_7d,ridge")
    code, told = export(tmp_path, data, "ridge")
    assert code == 0 and "Compared over 7 issues" in told, told
    known = read_columns(data, Wish("load_kwh")).frame.as_of(START + np.timedelta64(55, "D"), 24)
    model = Registry(tmp_path / "kept", "load_kwh").load("one").models[2]
    assert model is not None
    np.testing.assert_allclose(load((tmp_path / "g.onnx").read_bytes()).predict(known), model.predict(known), rtol=1e-9)


def test_what_cannot_be_exported_is_told_and_nothing_written(tmp_path: Path) -> None:
    data = a_file(tmp_path, a_series(60))
    assert "has no model yet" in export(tmp_path, data, "ridge", series="nobody")[1]
    train(tmp_path, data, "one", "naive_1d,ridge")
    code, told = export(tmp_path, data, "trees")
    assert code == 2 and "one has no 'trees'" in told and "naive_1d, ridge" in told
    code, told = export(tmp_path, data, "naive_1d")
    assert code == 2 and "export ridge or trees" in told
    assert not (tmp_path / "g.onnx").exists()
