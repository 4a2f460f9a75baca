"""A PostgreSQL server for the tests of ledgers: the one that is named, else one of their own while they last."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import pytest

NAMED: Final = "ENERWISE_TEST_POSTGRES"
"""Such as ``postgresql://user@host/database``."""
PLACES: Final = "/usr/lib/postgresql"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Return the address of a server; where there is neither one nor the programs of one, the test is skipped."""
    if named := os.environ.get(NAMED):
        yield named.replace("+psycopg", "")
        return
    programs = _programs()
    if programs is None:
        pytest.skip(f"no PostgreSQL: {NAMED} names no server, and the programs initdb and pg_ctl are not installed")
    if find_spec("psycopg") is None:
        pytest.skip("no PostgreSQL: psycopg is not installed (pip install 'enerwise[postgres]')")
    # The path of a socket is short by law, and a server refuses to run as root.
    with tempfile.TemporaryDirectory(prefix="pg", dir="/tmp") as folder:
        yield from _served(Path(folder), *programs)


def _programs() -> tuple[str, str] | None:
    """Return the programs that make and run a server, of one version."""
    for folder in [*sorted(Path(PLACES).glob("*/bin"), reverse=True), None]:
        found = [shutil.which(name, path=folder) for name in ("initdb", "pg_ctl")]
        if all(found):
            return str(found[0]), str(found[1])
    return None


def _served(folder: Path, initdb: str, pg_ctl: str) -> Iterator[str]:
    user = "postgres" if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    data = str(folder / "data")

    def run(*command: str) -> None:
        # Its output goes to a file: a server that is left running would hold a pipe open.
        with (folder / "log").open("ab") as log:
            subprocess.run(command, check=True, user=user, stdout=log, stderr=log)

    run(initdb, "--username=tests", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync", "-D", data)
    run(
        pg_ctl,
        "start",
        "-w",
        "-D",
        data,
        "-o",
        f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off",
    )
    try:
        yield f"postgresql://tests@/postgres?host={folder}"
    finally:
        run(pg_ctl, "stop", "-w", "-m", "immediate", "-D", data)
