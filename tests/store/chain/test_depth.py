"""What chains bring raises the recursion limit of a process; ours stays, so that deep JSON is refused, not fatal."""

import subprocess
import sys
from importlib import import_module

import pytest

pytest.importorskip("web3", reason="the extra `chain` is not installed")

LOOK = """
import sys
before = sys.getrecursionlimit()
from enerwise.store.chain.node import Node, checked
checked("0x" + "0" * 40)
Node.over_http("http://localhost:1", "11" * 32)
assert sys.getrecursionlimit() == before, sys.getrecursionlimit()
from enerwise.protocols.json_path import load_json
try:
    load_json(b"[" * 200_000)
except ValueError as error:
    print(error)
"""


def test_a_process_that_speaks_to_a_chain_refuses_deep_json() -> None:
    run = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "the answer is nested too deeply"


def test_the_chain_of_the_tests_leaves_the_limit_too() -> None:
    import_module("tests.peers.chain_node")
    assert sys.getrecursionlimit() < 10_000
