"""YAML keeps the text that was typed, knows its lines, and never raises."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from enerwise.site.document import Path, Raw, parse_document, show_path


def problems_of(text: str) -> list[str]:
    return [str(problem) for _, problem in parse_document(text).problems]


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("14:00", "14:00"),  # YAML 1.1 makes this the number 840
        ("NO", "NO"),  # and this "false"
        ("yes", "yes"),
        ("0.30", "0.30"),
        ("010", "010"),
        ("1e3", "1e3"),
        ("2024-07-01", "2024-07-01"),
        ("'~'", "~"),
        ("''", ""),
        ("!!python/object:os.system x", "x"),
        ("~", None),
        ("", None),
        ("null", None),
    ],
)
def test_a_value_stays_what_was_typed(text: str, typed: str | None) -> None:
    assert parse_document(f"key: {text}").data == {"key": typed}


def test_values_know_their_lines() -> None:
    document = parse_document("name: a\nassets:\n  - id: x\n    kind: pv\n  - {id: y,\n     kind: load}\n")
    lines: dict[Path, int] = {
        ("name",): 1,
        ("assets",): 2,
        ("assets", 0): 3,
        ("assets", 0, "kind"): 4,
        ("assets", 1): 5,
        ("assets", 1, "id"): 5,
        ("assets", 1, "kind"): 6,
    }
    assert {path: document.line[path] for path in lines} == lines
    assert document.place(("assets", 1, "kind")) == "assets[1].kind (line 6)"


def test_what_is_not_written_has_the_line_of_what_holds_it() -> None:
    document = parse_document("\nassets:\n  - id: x\n")
    assert document.place(("assets", 0, "kind", "deeper")) == "assets[0].kind.deeper (line 3)"
    assert document.place(("tariff",)) == "tariff (line 2)"
    assert parse_document("").place(("tariff",)) == "tariff"


def test_a_key_written_twice_is_told_and_the_first_one_counts() -> None:
    assert parse_document("a: 1\nb: {c: 2, c: 3}\na: 4").data == {"a": "1", "b": {"c": "2"}}
    assert problems_of("a: 1\nb: {c: 2, c: 3}\na: 4") == [
        "b.c (line 2): is written twice, first in line 2; keep one of the two",
        "a (line 3): is written twice, first in line 1; keep one of the two",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: [1, 2", "line 1, column 9: is no YAML"),
        (
            "a:\n\tb: 1",
            "line 2, column 1: is no YAML: found character '\\t' that cannot start any token; indent with spaces",
        ),
        ("a: b: c", "line 1, column 5: is no YAML: mapping values are not allowed here"),
        ("a: 1\n---\nb: 2", "line 2, column 1: is no YAML: a second document begins; keep one site to a file"),
        ("a: *b", "line 1, column 4: is no YAML: found undefined alias 'b'"),
        ("a: 'b", "is no YAML: found unexpected end of stream"),
        ("a: 1\nb: \x07", "line 2: has the character U+0007; save the file as plain UTF-8 text"),
        ('a: "\\UFFFFFFFF"', "escape sequence that is no character"),
        ("? [a, b]\n: c", "the file (line 1): has a key that is not a plain word"),
        ("&a [*a]", "too deep or too large"),
        ("[" * 1500, "too deep or too large"),
    ],
)
def test_what_is_no_yaml_says_where(text: str, problem: str) -> None:
    assert problem in "\n".join(problems_of(text))


def test_a_file_that_multiplies_itself_is_cut_short() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{row}: &a{row} [{', '.join([f'*a{row - 1}'] * 10)}]" for row in range(1, 9)]
    document = parse_document("\n".join(rows))
    assert document.data is None
    assert len(document.problems) == 1


@given(text=st.text(st.sampled_from("ab:-[]{}&*!|>'\"%@` \n\t\\?,#~\ud800\x00é"), max_size=40) | st.text(max_size=40))
@example(text='"\\ud800": 1')
def test_any_text_is_a_document(text: str) -> None:
    document = parse_document(text)
    assert all(str(problem).isprintable() for _, problem in document.problems)
    if document.data is not None:
        assert all(_leads_somewhere(document.data, path) for path in document.line)


def _leads_somewhere(data: Raw, path: Path) -> bool:
    found: Any = data
    for step in path:
        found = found[step]
    return found is None or isinstance(found, str | list | dict)


@given(
    data=st.recursive(
        st.text("abc123", min_size=1, max_size=3),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3),
        max_leaves=10,
    )
)
def test_what_was_written_reads_back(data: Raw) -> None:
    document = parse_document(_flow(data))
    assert document.data == data
    assert not document.problems


def _flow(data: Raw) -> str:
    if isinstance(data, dict):
        return "{" + ", ".join(f'"{key}": {_flow(value)}' for key, value in data.items()) + "}"
    if isinstance(data, list):
        return "[" + ", ".join(map(_flow, data)) + "]"
    return f'"{data}"'


def test_odd_keys_are_shown_in_quotes() -> None:
    assert show_path(("a", "", "b\n", "\ud800")) == r"a.''.'b\n'.'\ud800'"
