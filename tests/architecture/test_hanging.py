"""A test that nothing can interrupt costs its worker, fails by its name, and holds nobody else up."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SETTINGS = f"""
[tool.pytest.ini_options]
pythonpath = ["{ROOT}"]
timeout = 0.2
faulthandler_timeout = 0.5
faulthandler_exit_on_timeout = true
"""
HANGS = """
import signal, time

def test_before(): pass

def test_hangs():
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    time.sleep(1000)
"""
AFTER = """
def test_after(): pass

def test_last(): pass
"""


def test_a_test_that_hangs_is_named_and_the_others_end(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "conftest.py").write_text("from tests.conftest import pytest_xdist_make_scheduler\n", encoding="utf-8")
    (tmp_path / "test_it.py").write_text(HANGS, encoding="utf-8")
    (tmp_path / "test_later.py").write_text(AFTER, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-n", "1", "-p", "no:cacheprovider"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert "while running 'test_it.py::test_hangs'" in ran.stdout
    assert "1 failed, 3 passed" in ran.stdout
    assert "in test_hangs" in ran.stderr
