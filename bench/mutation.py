"""Mutation: which small mistakes in the limit logic of the guard would no test notice?

``python bench/mutation.py``, or ``python bench/mutation.py judge row``. Each mistake is one change in one file: a
comparison turned or blurred, plus for minus, min for max, and for or, a `not` or a sign dropped, a constant moved, two
branches swapped. The tests of the guard run against each, in a process of its own on a copy of the source. Survivors
are listed; the score is the share that was noticed. All five files take some ten minutes on one core.
"""

import ast
import copy
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import hypothesis  # noqa: F401 - loaded once, before there are many processes
import numpy  # noqa: F401
import pytest

ROOT: Final = Path(__file__).resolve().parents[1]
LIMIT_S: Final = 120
"""A mistake that hangs is noticed."""
SCORE_MIN: Final = 0.9
ASKED_FOR: Final = ("envelope", "judge", "kernels", "limits", "row")
TESTS: Final = {
    "envelope": "envelope heed guard judge edges",
    "judge": "judge guard heed edges",
    "kernels": "kernels envelope judge row edges",
    "limits": "limits supervise bands plausibility trends diagnosis",
    "ramp": "ramp",
    "row": "row judge edges",
    "sequence": "sequence",
    "arming": "arming",
    "bands": "bands",
    "guard": "guard heed",
    "interlocks": "interlocks",
    "plausibility": "plausibility diagnosis",
    "supervise": "supervise limits bands trends plausibility heed diagnosis",
    "trends": "trends diagnosis",
}
"""Tests that look at a file, the nearest first."""
OPERATORS: Final[dict[type[ast.AST], tuple[type[ast.AST], ...]]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
}
TWINS: Final = ("min max", "minimum maximum", "fmin fmax", "any all", "less less_equal", "greater greater_equal")
OTHER_NAME: Final = {here: there for pair in map(str.split, TWINS) for here, there in (pair, reversed(pair))}


def mutants(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield line, change and whole text of every mistake, one at a time."""
    tree, source = ast.parse(text), text.encode()
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    beside = {id(each) for part in _beside(tree) for each in ast.walk(part)}
    for node in ast.walk(tree):
        if isinstance(node, ast.expr) and id(node) not in beside:
            first = starts[node.lineno - 1] + node.col_offset
            last = starts[node.end_lineno - 1] + node.end_col_offset  # type: ignore[operator]
            for wrong in _wrong(node):
                what = f"{ast.unparse(node)}  ->  {ast.unparse(wrong)}"
                yield (
                    node.lineno,
                    what,
                    (source[:first] + b"(%s)" % ast.unparse(wrong).encode() + source[last:]).decode(),
                )


def _beside(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield the parts that decide nothing: decorators and annotations."""
    for node in ast.walk(tree):
        yield from getattr(node, "decorator_list", [])
        yield from (part for name in ("annotation", "returns") if (part := getattr(node, name, None)) is not None)


def _wrong(node: Any) -> Iterator[ast.expr]:
    """Yield what somebody might have written instead."""
    match node:
        case ast.Compare(ops=ops):
            for at, op in enumerate(ops):
                for other in OPERATORS[type(op)]:
                    yield _but(node, ops=[*ops[:at], other(), *ops[at + 1 :]])
        case ast.BinOp(op=op) | ast.BoolOp(op=op):
            yield from (_but(node, op=other()) for other in OPERATORS.get(type(op), ()))
        case ast.UnaryOp(operand=operand):
            yield operand
        case ast.IfExp(body=body, orelse=orelse):
            yield _but(node, body=orelse, orelse=body)
        case ast.Call(func=ast.Attribute(attr="where"), args=[condition, yes, no]):
            yield _but(node, args=[condition, no, yes])
        case ast.Name(id=name) if name in OTHER_NAME:
            yield _but(node, id=OTHER_NAME[name])
        case ast.Attribute(attr=name) if name in OTHER_NAME:
            yield _but(node, attr=OTHER_NAME[name])
        case ast.Constant(value=bool() as value):
            yield _but(node, value=not value)
        case ast.Constant(value=int() | float() as value):
            yield _but(node, value=value + 1)


def _but(node: Any, **facts: object) -> Any:
    changed = copy.copy(node)
    for name, value in facts.items():
        setattr(changed, name, value)
    return changed


def is_noticed(copied: Path, tests: str) -> bool:
    """Run the tests against the copy, in a process of its own; it counts how it ends, or that it does not."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1] != 0
    signal.alarm(LIMIT_S)
    for fd in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), fd)
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(copied))
    os.chdir(ROOT)
    files = [f"tests/guard/test_{each}.py" for each in tests.split()]
    # A test of speed would notice that the machine is busy.
    os._exit(
        pytest.main(
            [
                *"-x -q -p no:cacheprovider -W ignore::pytest.PytestAssertRewriteWarning -k".split(),
                "not far_below",
                *files,
            ]
        )
    )


def main() -> None:
    """Try every mistake in the files named, and say which nobody noticed."""
    names = [each for each in sys.argv[1:] if each in TESTS] or list(ASKED_FOR)
    noticed_count = all_count = 0
    with tempfile.TemporaryDirectory() as folder:
        copied = Path(folder) / "src"
        shutil.copytree(ROOT / "src", copied, ignore=shutil.ignore_patterns("__pycache__"))
        for name in names:
            path = copied / "enerwise" / "guard" / f"{name}.py"
            text, survivors, count = path.read_text(encoding="utf-8"), [], 0
            if is_noticed(copied, TESTS[name]):
                sys.exit(f"{name}: its tests fail without any mistake")
            for line, what, wrong in mutants(text):
                path.write_text(wrong, encoding="utf-8")
                count += 1
                if not is_noticed(copied, TESTS[name]):
                    survivors.append(f"  {name}.py:{line}  {what}")
            path.write_text(text, encoding="utf-8")
            print(f"{name}: {count - len(survivors)} of {count} noticed", *survivors, sep="\n", flush=True)
            noticed_count, all_count = noticed_count + count - len(survivors), all_count + count
    score_ratio = noticed_count / all_count
    print(f"score: {score_ratio:.1%} of {all_count}, wanted {SCORE_MIN:.0%}")
    sys.exit(score_ratio < SCORE_MIN)


if __name__ == "__main__":
    main()
