"""Backup of a running site in one file, and the way back: verified first, applied whole at a start, or not at all.

A backup holds the site file with its price files, the store, the accounts (secrets as they lie there, sealed) and the
chains of audit, and a manifest with the hash of each. The master key is not in it: without it sealed secrets stay
sealed, so it has to be kept elsewhere.
"""

import json
import os
import re
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, Final

from enerwise import __version__
from enerwise.core.errors import Problem, ProblemsFound, StoreError
from enerwise.core.time import Instant
from enerwise.serve.sites import read_site_file, read_text
from enerwise.site.document import parse_document

PRODUCT: Final = "Enerwise"
FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
SITE: Final = "site/site.yaml"
STORE: Final = "store.db"
ACCOUNTS: Final = "accounts.db"
MASTER_KEY: Final = "master.key"
FORM: Final = re.compile(
    r"site/site\.yaml|prices/[\w][\w .-]{0,99}|store\.db|accounts\.db|(audit|accounts-audit)/[\w][\w.-]{0,99}"
)
MANIFEST_BYTES: Final = 1_000_000
LARGEST_BYTES: Final = 64 << 30
PIECE_BYTES: Final = 1 << 20
PAGES: Final = 2000
"""Pages of a database copied in one go; between two of them others may write."""
NOT_INCLUDED: Final = (
    "The master key of the accounts is not included: keep accounts/master.key, or ENERWISE_MASTER_KEY, elsewhere. "
    "Without it passwords still work; codes of the phone, passkeys of other servers and push do not."
)
STAGED: Final = "restore.part"
READY: Final = "restore.ready"
APPLYING: Final = "restore.applying"
BEFORE: Final = "before-restore"
PLAN: Final = "plan.json"
CHAINS: Final = ("audit", "accounts-audit")


@dataclass(frozen=True, slots=True)
class Places:
    """Where the parts of one site lie."""

    site: Path
    store: Path
    folder: Path
    """Of the running site."""

    @property
    def accounts(self) -> Path:
        """Folder of accounts and keys."""
        return self.folder / "accounts"

    def of(self, name: str) -> Path:
        """Return where a part of a backup belongs."""
        kind, _, rest = name.partition("/")
        match kind:
            case "site":
                return self.site
            case "prices":
                return self.site.parent / rest
            case "store.db":
                return self.store
            case "accounts.db":
                return self.accounts / ACCOUNTS
            case "audit":
                return self.folder / "audit" / rest
            case _:
                return self.accounts / "audit" / rest


# ---------------------------------------------------------------------------------------------------------------
# There


def write_backup(places: Places, out: IO[bytes], now: Instant, *, with_accounts: bool) -> dict[str, Any]:
    """Write a backup, also while the site runs, and return its manifest.

    Args:
        places: Where everything lies.
        out: Takes the bytes.
        now: The present, as the manifest tells it.
        with_accounts: Whether people, roles and keys belong to it.

    Raises:
        ProblemsFound: The site file cannot be read.
        StoreError: A database cannot be copied.
        OSError: The disk refuses.
    """
    site, files = read_site_file(places.site), dict[str, dict[str, Any]]()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed, _copies(places) as copies:
        for name, path in _parts(places, copies, with_accounts=with_accounts):
            files[name] = _pack(packed, name, path)
        manifest = {
            "product": PRODUCT,
            "format": FORMAT,
            "version": __version__,
            "made_at": f"{now}Z",
            "site": site.id,
            "files": files,
            "not_included": NOT_INCLUDED if with_accounts else "Accounts are not included.",
        }
        packed.writestr(MANIFEST, json.dumps(manifest, indent=1))
    return manifest


@contextmanager
def _copies(places: Places) -> Iterator[Path]:
    """Give a folder for copies of databases, beside the store: there has to be room for another one anyway."""
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=places.store.parent) as folder:
        yield Path(folder)


def _parts(places: Places, copies: Path, *, with_accounts: bool) -> Iterator[tuple[str, Path]]:
    yield SITE, places.site
    for name in price_files(read_text(places.site)):
        if FORM.fullmatch(f"prices/{name}") and (path := places.site.parent / name).is_file():
            yield f"prices/{name}", path
    yield STORE, copied(places.store, copies / STORE)
    folders = [("audit", places.folder / "audit")]
    if with_accounts and (places.accounts / ACCOUNTS).is_file():
        yield ACCOUNTS, copied(places.accounts / ACCOUNTS, copies / ACCOUNTS)
        folders.append(("accounts-audit", places.accounts / "audit"))
    for kind, folder in folders:
        for path in sorted(folder.glob("*")):
            if path.is_file() and FORM.fullmatch(f"{kind}/{path.name}") and path.name != "lock":
                yield f"{kind}/{path.name}", path


def price_files(text: str) -> list[str]:
    """Return the price files that a site file names and that lie beside it."""
    data = parse_document(text).data
    tariff = data.get("tariff") if isinstance(data, dict) else None
    rates = [tariff.get(way) for way in ("import", "export")] if isinstance(tariff, dict) else []
    names = [str(each["file"]) for each in rates if isinstance(each, dict) and isinstance(each.get("file"), str)]
    return [each for each in dict.fromkeys(names) if Path(each).name == each]


def copied(path: Path, target: Path) -> Path:
    """Copy a database as it is at one moment, while others go on writing, and return the copy.

    Raises:
        StoreError: It cannot be copied.
    """
    try:
        with (
            closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy, pages=PAGES)
            copy.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise StoreError(f"{path}: cannot be copied: {error}") from None
    return target


def _pack(packed: zipfile.ZipFile, name: str, path: Path) -> dict[str, Any]:
    digest, size = sha256(), 0
    with path.open("rb") as source, packed.open(name, "w", force_zip64=True) as target:
        while piece := source.read(PIECE_BYTES):
            digest.update(piece)
            size += len(piece)
            target.write(piece)
    return {"sha256": digest.hexdigest(), "bytes": size}


# ---------------------------------------------------------------------------------------------------------------
# And back


def stage(path: Path, places: Places, *, site_id: str | None, with_accounts: bool = True) -> dict[str, Any]:
    """Verify a backup and lay it beside what runs, to be applied at the next start; return its manifest.

    Args:
        path: The backup.
        places: Where everything belongs.
        site_id: The site it has to be of; None takes any.
        with_accounts: Whether people, roles and keys are restored as well.

    Raises:
        ProblemsFound: It is no backup of ours, of another site, of a newer version, or damaged; nothing was changed.
        OSError: The disk refuses.
    """
    staged = places.folder / STAGED
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(parents=True, mode=0o700)
    try:
        manifest = _unpacked(path, staged, site_id, with_accounts=with_accounts)
        _check_content(staged, places, manifest)
        (staged / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
        ready = places.folder / READY
        shutil.rmtree(ready, ignore_errors=True)
        staged.replace(ready)
        sync_folder(places.folder)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    return manifest


def _unpacked(path: Path, folder: Path, site_id: str | None, *, with_accounts: bool) -> dict[str, Any]:
    try:
        with zipfile.ZipFile(path) as packed:
            manifest = _manifest(packed, site_id)
            files = manifest["files"]
            if not with_accounts:
                files = {name: facts for name, facts in files.items() if not name.startswith("accounts")}
            for name, facts in files.items():
                _unpack(packed, name, facts, folder)
            return {**manifest, "files": files}
    except (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _refused(f"it is no readable archive: {error}", "take another copy of the backup") from None


def _manifest(packed: zipfile.ZipFile, site_id: str | None) -> dict[str, Any]:
    try:
        info = packed.getinfo(MANIFEST)
        if info.file_size > MANIFEST_BYTES:
            raise ValueError("too large")
        with packed.open(info) as source:
            found = json.loads(source.read(MANIFEST_BYTES))
        files = {str(name): (str(x["sha256"]), int(x["bytes"])) for name, x in found["files"].items()}
        product, form, version, site = found["product"], int(found["format"]), str(found["version"]), str(found["site"])
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError):
        raise _refused("it has no manifest of ours", "choose a file that `enerwise backup` wrote") from None
    if product != PRODUCT or form != FORMAT or _number(version) > _number(__version__):
        told = f"it was made by {product} {version}, format {form}; this is {PRODUCT} {__version__}, format {FORMAT}"
        raise _refused(told, "update this machine first")
    if site_id is not None and site != site_id:
        raise _refused(f"it is of the site {site!r}, not of {site_id!r}", "choose a backup of this site")
    names = [each.filename for each in packed.infolist()]
    strange = sorted({*names} ^ {*files, MANIFEST}) + [each for each in files if not FORM.fullmatch(each)]
    if strange or len(names) != len(set(names)) or SITE not in files or STORE not in files:
        raise _refused(f"what it holds is not what its manifest tells: {', '.join(strange[:3])}", "take another copy")
    if sum(size for _, size in files.values()) > LARGEST_BYTES:
        raise _refused("it unpacks to more than 64 GiB", "restore it on the command line of the machine, by hand")
    kept = ("product", "format", "version", "made_at", "site", "files")
    return {name: found.get(name, "") for name in kept}


def _unpack(packed: zipfile.ZipFile, name: str, facts: Mapping[str, Any], folder: Path) -> None:
    target, digest, size = folder / name, sha256(), 0
    target.parent.mkdir(parents=True, exist_ok=True)
    with packed.open(name) as source, target.open("wb") as file:
        # Never more than was promised: an archive may hold a thousand times its size.
        while piece := source.read(min(PIECE_BYTES, facts["bytes"] - size + 1)):
            digest.update(piece)
            size += len(piece)
            if size > facts["bytes"]:
                break
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    if size != facts["bytes"] or digest.hexdigest() != facts["sha256"]:
        raise _refused(f"{name} is not what the manifest tells", "it was damaged on the way; take another copy")


def _check_content(staged: Path, places: Places, manifest: Mapping[str, Any]) -> None:
    """Open everything as the product would, before it may take the place of what is there."""
    for each in manifest["files"]:
        # Price files are looked for beside the site file.
        if each.startswith("prices/"):
            shutil.copyfile(staged / each, (staged / SITE).parent / Path(each).name)
    site = read_site_file(staged / SITE)
    if site.id != manifest["site"]:
        raise _refused(f"its site file is of {site.id!r}, its manifest of {manifest['site']!r}", "take another copy")
    _check_store(staged / STORE)
    if ACCOUNTS in manifest["files"]:
        _check_accounts(staged / ACCOUNTS, places.accounts / MASTER_KEY)


def _check_store(path: Path) -> None:
    from enerwise.store.sqlite import SqliteStore

    try:
        SqliteStore(path, read_only=True).close()
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as looked:
            found = looked.execute("PRAGMA quick_check").fetchone()[0]
    except (StoreError, sqlite3.Error) as error:
        raise _refused(f"its store cannot be opened: {error}", "take another copy") from None
    if found != "ok":
        raise _refused(f"its store is damaged: {found}", "take another copy")


def _check_accounts(path: Path, key_path: Path) -> None:
    """See that the master key of this machine opens them."""
    from sqlalchemy.exc import SQLAlchemyError

    from enerwise.core.errors import EnerwiseError
    from enerwise.serve.accounts.database import Database
    from enerwise.serve.accounts.vault import VARIABLE, Vault, masters

    remedy = f"bring the old {key_path.name} to {key_path} (or into {VARIABLE}), or restore without accounts"
    if not key_path.is_file() and not os.environ.get(VARIABLE):
        raise _refused("this machine has no master key for its accounts", remedy)
    try:
        with closing(Database(f"sqlite:///{path.absolute()}")) as database:
            Vault(database, masters(key_path))
    except EnerwiseError as error:
        raise _refused(f"its accounts do not open with the master key of this machine: {error}", remedy) from None
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise _refused(f"its accounts cannot be opened: {type(error).__name__}", "take another copy") from None
    except Exception as error:
        # Whatever a migration of a newer product may raise.
        raise _refused(f"its accounts cannot be brought to this version: {error}", "update this machine") from None


def staged(places: Places) -> dict[str, Any] | None:
    """Return the manifest of what will be applied at the next start; None where nothing will."""
    for name in (APPLYING, READY):
        with suppress(OSError, ValueError):
            found = json.loads((places.folder / name / MANIFEST).read_text(encoding="utf-8"))
            if isinstance(found, dict):
                return found
    return None


def apply_staged(places: Places, now: Instant) -> Path | None:
    """Put what was staged in the place of what is there; cut off in the middle, it goes on at the next start.

    Returns:
        Where what was there before now lies; None where nothing was staged.

    Raises:
        OSError: The disk refuses; what was done so far stands, and the rest follows at the next start.
    """
    applying, ready = places.folder / APPLYING, places.folder / READY
    if not applying.is_dir():
        if not ready.is_dir():
            return None
        (ready / PLAN).write_text(json.dumps(_plan(places, now)), encoding="utf-8")
        ready.replace(applying)
        sync_folder(places.folder)
    manifest: dict[str, Any] = json.loads((applying / MANIFEST).read_text(encoding="utf-8"))
    plan: dict[str, Any] = json.loads((applying / PLAN).read_text(encoding="utf-8"))
    before = places.folder / str(plan["before"])
    for name in manifest["files"]:
        is_beside = name.partition("/")[0] in plan["chains_beside"]
        _put(applying / name, before / "of-the-backup" / name if is_beside else places.of(name), before / name)
    shutil.rmtree(applying)
    sync_folder(places.folder)
    return before


def _plan(places: Places, now: Instant) -> dict[str, Any]:
    """Return where things go. A chain of audit is never replaced: one from a backup lies beside it."""
    there = [each for each in CHAINS if any(places.of(f"{each}/x").parent.glob("*.jsonl"))]
    return {"before": f"{BEFORE}-{_stamp(now)}", "chains_beside": there}


def _put(source: Path, target: Path, old: Path) -> None:
    """Move one part to its place, and what was there away; one that is gone from the stage was moved before."""
    if not source.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    old.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if target.exists() and not old.exists():
        for ending in ("-wal", "-shm"):
            with suppress(FileNotFoundError):
                shutil.move(target.with_name(target.name + ending), old.with_name(old.name + ending))
        shutil.move(target, old)
    # Copied beside first: the place may be on another disk, and it has to appear whole.
    part = target.with_name(f".{target.name}.part")
    shutil.copyfile(source, part)
    with part.open("rb") as file:
        os.fsync(file.fileno())
    if source.name == ACCOUNTS:
        part.chmod(0o600)
    part.replace(target)
    sync_folder(target.parent)
    source.unlink()


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(each) for each in re.findall(r"\d+", version)[:3])


def _stamp(now: Instant) -> str:
    return str(now.astype("datetime64[s]")).replace(":", "").replace("-", "")


def _refused(why: str, remedy: str) -> ProblemsFound:
    return ProblemsFound("backup", [Problem("backup", why, remedy)])
