"""Backup and the way back: consistent while it runs, verified before anything is touched, whole or not at all."""

import io
import json
import shutil
import threading
import zipfile
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.errors import ProblemsFound
from enerwise.core.quantity import POWER_W
from enerwise.core.series import Frame, Key
from enerwise.core.time import VirtualClock, instant
from enerwise.serve import backup
from enerwise.serve.accounts.accounts import Accounts
from enerwise.serve.backup import Places, apply_staged, stage, staged, write_backup
from enerwise.store.audit import AuditLog, verify
from enerwise.store.sqlite import SqliteStore

from .builders import FLAT, a_site_file, enerwise, said

NOW = instant("2026-05-14T12:00Z")
PRICED = FLAT.replace("import: 0.30 EUR/kWh", "import: {file: prices.csv}")


def a_place(folder: Path, *, text: str = PRICED, value: float = 1.0) -> Places:
    """A site that has run: a file with prices, a store, accounts, two chains."""
    folder.mkdir(parents=True, exist_ok=True)
    site = a_site_file(folder, text)
    (folder / "prices.csv").write_text(
        "start_utc,price_eur_per_kwh\n2026-05-14T00:00Z,0.3\n2026-05-14T01:00Z,0.2\n", encoding="utf-8"
    )
    places = Places(site, folder / "home.db", folder / "home.run")
    places.folder.mkdir(exist_ok=True)
    store = SqliteStore(places.store)
    store.append(Frame.of(np.array([NOW]), {Key("home", POWER_W): np.array([value])}))
    store.close()
    Accounts.open(places.accounts, VirtualClock(NOW), origin="http://localhost:8600", site_ids=("flat-home",)).close()
    log = AuditLog(places.folder / "audit")
    log.write("2026-05-14T12:00Z", "stop", "site", {"value": value}, who="Ada")
    log.close()
    return places


def a_backup(places: Places, path: Path, *, with_accounts: bool = True) -> Path:
    with path.open("wb") as file:
        write_backup(places, file, NOW, with_accounts=with_accounts)
    return path


def value_of(places: Places) -> float:
    with closing(SqliteStore(places.store, read_only=True)) as store:
        return float(store.read(Key("home", POWER_W), NOW, NOW + np.timedelta64(1, "s")).value[0])


def tree(folder: Path) -> dict[str, bytes]:
    return {str(each.relative_to(folder)): each.read_bytes() for each in sorted(folder.rglob("*")) if each.is_file()}


def rewritten(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """Another archive with other content, its manifest as `change` leaves it."""
    with zipfile.ZipFile(path) as packed:
        files = {each: packed.read(each) for each in packed.namelist()}
    change(files)
    changed = path.with_name("changed.zip")
    with zipfile.ZipFile(changed, "w") as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return changed


def in_manifest(archive: dict[str, bytes], **facts: Any) -> None:
    archive["manifest.json"] = json.dumps({**json.loads(archive["manifest.json"]), **facts}).encode()


def test_a_backup_holds_everything_but_the_master_key(tmp_path: Path) -> None:
    places = a_place(tmp_path / "a")
    with zipfile.ZipFile(a_backup(places, tmp_path / "b.zip")) as packed:
        names, manifest = packed.namelist(), json.loads(packed.read("manifest.json"))
        assert {"site/site.yaml", "prices/prices.csv", "store.db", "accounts.db"} <= set(names)
        assert any(each.startswith("audit/") for each in names)
        assert any(each.startswith("accounts-audit/") for each in names)
        assert "master key" in manifest["not_included"]
        for name, facts in manifest["files"].items():
            assert sha256(packed.read(name)).hexdigest() == facts["sha256"]
        key = (places.accounts / "master.key").read_bytes().strip()
        assert not any(key in packed.read(each) for each in names)
        assert not any("key" in each or "password" in each for each in names)


def test_a_backup_without_accounts_holds_no_person(tmp_path: Path) -> None:
    path = a_backup(a_place(tmp_path / "a"), tmp_path / "b.zip", with_accounts=False)
    with zipfile.ZipFile(path) as packed:
        assert not any(each.startswith("accounts") for each in packed.namelist())


def test_a_backup_is_whole_while_others_write(tmp_path: Path) -> None:
    places, ends = a_place(tmp_path / "a"), threading.Event()

    def write() -> None:
        with closing(SqliteStore(places.store)) as store:
            count = 0
            while not ends.is_set():
                count += 1
                starts = NOW + np.arange(500) * np.timedelta64(1000, "ms") + np.timedelta64(count * 500_000, "ms")
                store.append(Frame.of(starts, {Key("home", POWER_W): np.full(500, float(count))}))
                store.flush(wait_s=1.0)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for count in range(3):
            path = a_backup(places, tmp_path / f"{count}.zip")
            stage(path, places, site_id="flat-home")
    finally:
        ends.set()
        writer.join()


def test_what_is_restored_is_what_was_there_and_what_was_there_is_kept(tmp_path: Path) -> None:
    places = a_place(tmp_path / "a", value=1.0)
    path = a_backup(places, tmp_path / "b.zip")
    with closing(SqliteStore(places.store)) as store:
        store.append(Frame.of(np.array([NOW]), {Key("home", POWER_W): np.array([2.0])}, known_at=np.array([NOW + 1])))
    places.site.write_text(FLAT.replace("10 kWh", "12 kWh"), encoding="utf-8")
    before = tree(tmp_path / "a")
    stage(path, places, site_id="flat-home")
    assert {name: each for name, each in tree(tmp_path / "a").items() if "restore.ready" not in name} == before
    assert staged(places) is not None
    kept = apply_staged(places, NOW)
    assert kept is not None
    assert value_of(places) == 1.0
    assert places.site.read_text(encoding="utf-8") == PRICED
    assert "12 kWh" in (kept / "site" / "site.yaml").read_text(encoding="utf-8")
    assert (kept / "store.db").is_file()
    assert staged(places) is None
    assert apply_staged(places, NOW) is None


def test_a_chain_of_audit_is_never_replaced(tmp_path: Path) -> None:
    places = a_place(tmp_path / "a")
    path = a_backup(places, tmp_path / "b.zip")
    log = AuditLog(places.folder / "audit")
    log.write("2026-05-14T13:00Z", "stop", "site", {}, who="Eve")
    log.close()
    before = tree(places.folder / "audit")
    stage(path, places, site_id=None)
    kept = apply_staged(places, NOW)
    assert kept is not None
    assert tree(places.folder / "audit") == before
    assert verify(kept / "of-the-backup" / "audit").broken is None


def test_a_fresh_machine_gets_everything_with_its_master_key(tmp_path: Path) -> None:
    old = a_place(tmp_path / "old")
    path = a_backup(old, tmp_path / "b.zip")
    new = Places(tmp_path / "new" / "home.yaml", tmp_path / "new" / "home.db", tmp_path / "new" / "home.run")
    with pytest.raises(ProblemsFound, match=r"no master key.*bring the old"):
        stage(path, new, site_id=None)
    new.accounts.mkdir(parents=True)
    shutil.copy(old.accounts / "master.key", new.accounts / "master.key")
    stage(path, new, site_id=None)
    apply_staged(new, NOW)
    assert value_of(new) == 1.0
    assert (new.accounts / "accounts.db").stat().st_mode & 0o077 == 0
    assert verify(new.folder / "audit").broken is None
    Accounts.open(new.accounts, VirtualClock(NOW), origin="http://localhost:8600", site_ids=("flat-home",)).close()


def test_accounts_of_another_master_key_are_refused(tmp_path: Path) -> None:
    path = a_backup(a_place(tmp_path / "old"), tmp_path / "b.zip")
    other = a_place(tmp_path / "other")
    with pytest.raises(ProblemsFound, match="do not open with the master key"):
        stage(path, other, site_id=None)
    stage(path, other, site_id=None, with_accounts=False)
    before = (other.accounts / "accounts.db").read_bytes()
    apply_staged(other, NOW)
    assert (other.accounts / "accounts.db").read_bytes() == before


@pytest.mark.parametrize("cut", range(1, 14))
def test_cut_off_in_the_middle_it_goes_on_at_the_next_start(
    cut: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = a_place(tmp_path / "a", value=1.0)
    path = a_backup(places, tmp_path / "b.zip")
    places.store.unlink()
    a_place(tmp_path / "a", value=2.0)
    stage(path, places, site_id=None)
    steps, replace = [0], Path.replace

    def failing(self: Path, target: Path) -> Path:
        steps[0] += 1
        if steps[0] == cut:
            raise OSError(5, "power cut")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    try:
        apply_staged(places, NOW)
    except OSError:
        monkeypatch.undo()
        kept = apply_staged(places, NOW + np.timedelta64(60, "s"))
        assert kept is not None
        assert value_of(Places(places.site, kept / "store.db", places.folder)) == 2.0, "what was there is kept, once"
    assert value_of(places) == 1.0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda files: files.update({"store.db": files["store.db"][:-1] + b"x"}), "not what the manifest tells"),
        (lambda files: files.update({"store.db": files["store.db"] + b"x"}), "not what the manifest tells"),
        (lambda files: files.pop("store.db"), "not what its manifest tells"),
        (lambda files: files.update({"extra.txt": b"x"}), "not what its manifest tells"),
        (lambda files: files.pop("manifest.json"), "no manifest of ours"),
        (lambda files: files.update({"manifest.json": b"[]"}), "no manifest of ours"),
        (lambda files: in_manifest(files, product="Other"), "made by Other"),
        (lambda files: in_manifest(files, version="99.0.0"), "update this machine"),
        (lambda files: in_manifest(files, format=2), "format 2"),
        (lambda files: in_manifest(files, site="elsewhere"), "of the site 'elsewhere'"),
    ],
)
def test_what_is_not_right_is_refused_with_its_reason_and_touches_nothing(
    change: Callable[[dict[str, bytes]], None], words: str, tmp_path: Path
) -> None:
    places = a_place(tmp_path / "a")
    path = rewritten(a_backup(places, tmp_path / "b.zip"), change)
    before = tree(tmp_path / "a")
    with pytest.raises(ProblemsFound, match=words):
        stage(path, places, site_id="flat-home")
    assert tree(tmp_path / "a") == before


@pytest.mark.parametrize(
    "name", ["../../evil.txt", "/etc/evil", "audit/../../evil", "prices/..", "site/other.yaml", "master.key"]
)
def test_no_name_leads_out_of_its_place(name: str, tmp_path: Path) -> None:
    places = a_place(tmp_path / "a")

    def add(files: dict[str, bytes]) -> None:
        files[name] = b"evil"
        told = json.loads(files["manifest.json"])["files"]
        in_manifest(files, files={**told, name: {"sha256": sha256(b"evil").hexdigest(), "bytes": 4}})

    path = rewritten(a_backup(places, tmp_path / "b.zip"), add)
    with pytest.raises(ProblemsFound, match="not what its manifest tells"):
        stage(path, places, site_id=None)
    assert not list(tmp_path.rglob("*evil*"))


def test_an_archive_that_unpacks_to_more_than_it_says_is_stopped(tmp_path: Path) -> None:
    places = a_place(tmp_path / "a")

    def bomb(files: dict[str, bytes]) -> None:
        files["store.db"] = b"\0" * (64 << 20)

    path = rewritten(a_backup(places, tmp_path / "b.zip"), bomb)
    with pytest.raises(ProblemsFound, match="not what the manifest tells"):
        stage(path, places, site_id=None)


def test_a_store_that_is_damaged_inside_is_refused(tmp_path: Path) -> None:
    places = a_place(tmp_path / "a")

    def damage(files: dict[str, bytes]) -> None:
        content = files["store.db"][:4096] + b"\0" * (len(files["store.db"]) - 4096)
        files["store.db"] = content
        told = json.loads(files["manifest.json"])["files"]
        facts = {"sha256": sha256(content).hexdigest(), "bytes": len(content)}
        in_manifest(files, files={**told, "store.db": facts})

    with pytest.raises(ProblemsFound, match="store"):
        stage(rewritten(a_backup(places, tmp_path / "b.zip"), damage), places, site_id=None)


@settings(max_examples=60)
@given(data=st.data())
def test_a_damaged_archive_never_gets_further_than_verification(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    content, places = _whole(tmp_path_factory)
    at = data.draw(st.integers(0, len(content) - 1))
    bad = bytearray(content)
    bad[at] ^= data.draw(st.integers(1, 255))
    path = places.folder.parent / "bad.zip"
    path.write_bytes(bytes(bad))
    try:
        stage(path, places, site_id="flat-home")
    except ProblemsFound:
        assert staged(places) is None
    else:
        # A byte that carries no content, such as the time of an entry.
        assert staged(places) is not None
        shutil.rmtree(places.folder / backup.READY)


_KEPT: list[tuple[bytes, Places]] = []


def _whole(factory: pytest.TempPathFactory) -> tuple[bytes, Places]:
    if not _KEPT:
        places = a_place(factory.mktemp("whole") / "a")
        out = io.BytesIO()
        write_backup(places, out, NOW, with_accounts=False)
        _KEPT.append((out.getvalue(), places))
    return _KEPT[0]


def test_the_command_line_takes_a_backup_and_restores_it(tmp_path: Path) -> None:
    places = a_place(tmp_path / "a", value=1.0)
    out = tmp_path / "home.zip"
    made = enerwise("backup", places.site, "--out", out)
    assert made.exit_code == 0, said(made)
    assert "master key" in said(made)
    assert out.stat().st_mode & 0o077 == 0
    places.store.unlink()
    a_place(tmp_path / "a", value=2.0)
    result = enerwise("restore", places.site, out)
    assert result.exit_code == 0, said(result)
    assert "What was there before lies in" in said(result)
    assert value_of(places) == 1.0
    assert "there is no such file" in said(enerwise("restore", places.site, tmp_path / "none.zip"))
    out.write_bytes(b"PK nothing")
    assert enerwise("restore", places.site, out).exit_code == 2


def test_a_staged_backup_is_applied_when_the_site_starts(tmp_path: Path) -> None:
    places = a_place(tmp_path / "a", text=FLAT, value=1.0)
    path = a_backup(places, tmp_path / "b.zip")
    places.store.unlink()
    a_place(tmp_path / "a", text=FLAT, value=2.0)
    stage(path, places, site_id="flat-home")
    result = enerwise("run", places.site, "--seconds", "0.5")
    assert result.exit_code == 0, said(result)
    assert "A backup is restored" in said(result)
    assert value_of(places) == 1.0
