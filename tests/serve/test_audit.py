"""`enerwise audit`: what was written is shown and exported, and a break is named with its place and a remedy."""

import csv
import json
from pathlib import Path

import pytest

from enerwise.store.audit import AuditLog, chain_files

from .builders import enerwise, said


def a_chain(folder: Path, count: int = 5) -> Path:
    """A chain of stops, one a second, and one trip."""
    log = AuditLog(folder)
    for number in range(count):
        log.write(f"2024-07-01T12:00:{number:02d}.000", "stop", "*", {"number": number, "why": "smoke"}, who="Ada")
    log.write("2024-07-01T12:01:00.000", "trip", "battery", {"why": "[red]hot[/red]\x1b[2J", "value": 61.5})
    log.close()
    return folder


def break_line(folder: Path, number: int) -> None:
    path = chain_files(folder)[-1]
    path.write_bytes(path.read_bytes().replace(b'"number":%d' % number, b'"number":77'))


def test_a_whole_chain_is_told_as_whole(tmp_path: Path) -> None:
    result = enerwise("audit", "verify", a_chain(tmp_path))
    assert result.exit_code == 0
    assert "6 lines, unbroken. The last hash is " in said(result)


def test_a_break_is_named_with_place_and_remedy(tmp_path: Path) -> None:
    break_line(a_chain(tmp_path), 2)
    result = enerwise("audit", "verify", tmp_path)
    assert result.exit_code == 2
    assert "audit-000000000001.jsonl, line 3: was altered" in said(result)
    assert "keep the folder as it is; the 2 lines before it can be trusted" in said(result)


def test_what_the_chain_says_of_itself_is_told(tmp_path: Path) -> None:
    log = AuditLog(a_chain(tmp_path))
    log.lose(3)
    log.write("2024-07-01T12:02:00.000", "stop", "*", {})
    log.close()
    assert "Note: line 7: 3 lines were lost before it" in said(enerwise("audit", "verify", tmp_path))


def test_the_newest_lines_are_shown(tmp_path: Path) -> None:
    a_chain(tmp_path)
    shown = said(enerwise("audit", "show", tmp_path, "--last", 2))
    assert "number 4" in shown
    assert "number 3" not in shown
    assert "[red]hot[/red]?[2J" in shown, "what others wrote is neither markup nor a command to a terminal"
    stops = said(enerwise("audit", "show", tmp_path, "--kind", "stop", "--last", 1))
    assert "number 4" in stops
    assert "battery" not in stops


def test_a_site_file_stands_for_its_folder(tmp_path: Path) -> None:
    a_chain(tmp_path / "home.run" / "audit")
    (tmp_path / "home.yaml").write_text("name: Home\n", encoding="utf-8")
    assert "6 lines" in said(enerwise("audit", "verify", tmp_path / "home.yaml"))


def test_lines_of_a_time_are_exported(tmp_path: Path) -> None:
    a_chain(tmp_path / "audit")
    bounds = ("--from", "2024-07-01T12:00:01", "--to", "2024-07-01 12:00:03")
    result = enerwise("audit", "export", tmp_path / "audit", *bounds, "--out", tmp_path / "some.jsonl")
    assert f"2 lines in {tmp_path / 'some.jsonl'}." in said(result)
    rows = [json.loads(line) for line in (tmp_path / "some.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["payload"]["number"] for row in rows] == [1, 2]
    assert tuple(rows[0]) == ("seq", "at", "kind", "subject", "payload", "who", "before", "hash")
    piped = enerwise("audit", "export", tmp_path / "audit", *bounds, "--out", "-")
    assert [json.loads(line) for line in piped.stdout.splitlines()] == rows
    enerwise("audit", "export", tmp_path / "audit", "--out", tmp_path / "all.csv")
    with (tmp_path / "all.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert [row["seq"] for row in table] == ["1", "2", "3", "4", "5", "6"]
    assert json.loads(table[-1]["payload"])["value"] == 61.5
    assert {row["who"] for row in table} == {"Ada", ""}


def test_what_is_shown_of_a_broken_chain_says_that_it_is_broken(tmp_path: Path) -> None:
    break_line(a_chain(tmp_path / "audit"), 2)
    for command in (("show",), ("export", "--out", str(tmp_path / "out.jsonl"))):
        result = enerwise("audit", command[0], tmp_path / "audit", *command[1:])
        assert result.exit_code == 0
        assert "The chain is broken: audit-000000000001.jsonl, line 3: was altered" in said(result)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("verify", "{}/nowhere"), "there is no audit here; name the folder of a site"),
        (("show", "{}/nowhere"), "there is no audit here"),
        (("show", "{}/audit", "--last", "0"), "--last: '0' cannot be used; write a number of lines above zero"),
        (("show", "{}/audit", "--kind", "sotp"), "--kind: 'sotp' cannot be used; there are stop, trip"),
        (
            ("export", "{}/audit", "--out", "{}/x.jsonl", "--from", "noon"),
            "--from: 'noon' cannot be used; write a date",
        ),
        (("export", "{}/audit", "--out", "{}/x.jsonl", "--to", "2024-13-01"), "--to: '2024-13-01' cannot be used"),
        (("export", "{}/audit", "--out", "{}/x.xlsx"), "use a name that ends in .jsonl or .csv"),
        (("export", "{}/audit", "--out", "{}/nowhere/x.csv"), "name a folder that is there"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_what_cannot_be_done_is_told_with_a_remedy(tmp_path: Path, args: tuple[str, ...], words: str) -> None:
    a_chain(tmp_path / "audit")
    result = enerwise("audit", *(each.format(tmp_path) for each in args))
    assert result.exit_code == 2
    assert words in said(result)
    assert not list(tmp_path.glob("x.*"))


def test_a_folder_that_refuses_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    a_chain(tmp_path / "audit")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        result = enerwise("audit", "export", tmp_path / "audit", "--out", tmp_path / "x.csv")
    assert result.exit_code == 2
    assert "No space left on device; check folder, rights and space" in said(result)
    assert [path.name for path in tmp_path.iterdir()] == ["audit"]
