"""Are the four finer rules of docs/architecture.md, section 1, kept?

1. The guard imports core, site, numpy and the standard library, and nothing else.
2. Floors 1 to 4 never wait: no async, no socket, no file, no thread.
3. Only core/time.py asks the machine for the time, and only callers hand out random generators.
4. The edge install loads no solver, no learning library and no web server.
"""

import ast
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

import pytest

from .house import FLOOR_OF, FLOORS, HOUSE, Module, imports, listed, loaded_by, modules
from .names import Use, aliases_of, uses, written_out

Check = Callable[[Module], Iterator[str]]

# ---------------------------------------------------------------------------------------------------------------
# 1 What must be trusted must be readable in one sitting

GUARD_ROOMS: Final = frozenset({"core", "site", "guard"})
GUARD_FOREIGN: Final = frozenset({"numpy"})


def test_guard_imports_core_site_numpy_and_the_standard_library() -> None:
    violations = _all(foreign_imports, modules("guard"))
    assert not violations, listed(violations)


def test_guard_loads_nothing_else_in_a_fresh_process() -> None:
    loaded = loaded_by(_importable("guard"))
    smuggled = sorted(name for name in loaded if not _is_trusted(name))
    assert not smuggled, f"importing enerwise.guard also loads {smuggled}"


def foreign_imports(module: Module) -> Iterator[str]:
    """Yield every import that the guard may not have."""
    for found in imports(module):
        if not _is_trusted(found.name):
            yield f"{module.at(found.line)}: the guard imports {found.name}"


def _is_trusted(name: str) -> bool:
    package, _, rest = name.partition(".")
    if package == HOUSE:
        room = rest.partition(".")[0]
        return room in GUARD_ROOMS or room not in FLOOR_OF
    # Cython, inside numpy, leaves the names of its runtime among the modules; zoneinfo asks how Python was built.
    return package in sys.stdlib_module_names | GUARD_FOREIGN or package.startswith(
        ("_cython", "cython_runtime", "_sysconfigdata")
    )


@pytest.mark.parametrize(
    "text",
    ["import pydantic", "from enerwise.plan import solve", "def late():\n    import yaml", "from ..store import store"],
)
def test_checker_catches_a_foreign_import_in_the_guard(text: str) -> None:
    assert list(foreign_imports(Module("enerwise.guard.judge", text)))


def test_checker_lets_the_guard_have_its_own() -> None:
    text = "import enum\nimport numpy as np\nfrom enerwise.core import units\nfrom .permit import Permit"
    assert not list(foreign_imports(Module("enerwise.guard.judge", text)))


def test_fresh_process_sees_what_an_init_smuggles(tmp_path: Path) -> None:
    package = tmp_path / "smuggler"
    package.mkdir()
    (package / "__init__.py").write_text("import yaml\n", encoding="utf-8")
    (package / "harmless.py").write_text("", encoding="utf-8")
    loaded = loaded_by(["smuggler.harmless"], path=tmp_path)
    assert "yaml" in loaded
    assert not _is_trusted("yaml")


def test_the_door_loads_the_standard_library_and_numpy_only() -> None:
    loaded = loaded_by(["enerwise.door.__main__"])
    foreign = sorted({name.partition(".")[0] for name in loaded if not _is_trusted(name)} - {HOUSE})
    assert not foreign, f"the door process also loads {foreign}"


# ---------------------------------------------------------------------------------------------------------------
# 2 Floors 1 to 4 never wait

LOW_ROOMS: Final = tuple(room for floor, rooms in FLOORS.items() if floor <= 4 for room in rooms)

WAITING_PACKAGES: Final = frozenset(
    "asyncio anyio trio socket socketserver select selectors ssl http urllib ftplib smtplib requests httpx aiohttp "
    "threading _thread multiprocessing concurrent queue sched subprocess signal "
    "os pathlib shutil tempfile glob fileinput mmap fcntl sqlite3 duckdb".split()
)
WAITING_FUNCTIONS: Final = frozenset(
    "time.sleep io.open io.FileIO codecs.open gzip.open bz2.open lzma.open zipfile.ZipFile "
    "numpy.load numpy.save numpy.savez numpy.savez_compressed numpy.loadtxt numpy.savetxt numpy.genfromtxt "
    "numpy.fromfile numpy.memmap".split()
)
WAITING_METHODS: Final = frozenset({"read_text", "read_bytes", "write_text", "write_bytes", "tofile"})


def test_floors_1_to_4_never_wait() -> None:
    violations = _all(waits, modules(*LOW_ROOMS))
    assert not violations, listed(violations)


def waits(module: Module) -> Iterator[str]:
    """Yield every place where a low floor touches files, sockets, threads or the event loop."""
    for found in imports(module):
        if found.package in WAITING_PACKAGES:
            yield f"{module.at(found.line)}: imports {found.name}; floors 1 to 4 never wait"
    for use in uses(module):
        if use.name in WAITING_FUNCTIONS:
            yield f"{module.at(use.line)}: uses {use.name}; floors 1 to 4 never wait"
    for node in module.nodes():
        if word := _waiting_word(node):
            yield f"{module.at(getattr(node, 'lineno', 0))}: has {word}; floors 1 to 4 never wait"


def _waiting_word(node: ast.AST) -> str:
    match node:
        case ast.AsyncFunctionDef():
            return "async def"
        case ast.Await() | ast.AsyncFor() | ast.AsyncWith():
            return "await"
        case ast.Call(func=ast.Name(id="open")):
            return "open()"
        case ast.Call(func=ast.Attribute(attr=attr)) if attr in WAITING_METHODS:
            return f".{attr}()"
        case _:
            return ""


@pytest.mark.parametrize(
    "text",
    [
        "async def turn(): ...",
        "async def turn():\n    await thing()",
        "import socket",
        "from threading import Lock",
        "import concurrent.futures",
        "def read():\n    import subprocess",
        "text = open('site.yaml').read()",
        "from importlib.resources import files\ntext = files('x').joinpath('y').read_text()",
        "import numpy as np\nnp.savetxt('a.csv', [1.0])",
        "from time import sleep",
    ],
)
def test_checker_catches_waiting(text: str) -> None:
    assert list(waits(Module("enerwise.plan.solve", text)))


def test_checker_lets_pure_code_pass() -> None:
    text = (
        "import io\nimport numpy as np\n\ndef rows(text: str) -> list[str]:\n    return io.StringIO(text).readlines()"
    )
    assert not list(waits(Module("enerwise.site.read", text)))


# ---------------------------------------------------------------------------------------------------------------
# 3 Time and chance are arguments

CLOCK_FILE: Final = "enerwise.core.time"
CLOCK_READS: Final = frozenset(
    f"time.{name}{unit}"
    for name in ("time", "monotonic", "process_time", "perf_counter", "thread_time", "clock_gettime")
    for unit in ("", "_ns")
) | frozenset(
    "time.localtime time.gmtime time.ctime datetime.datetime.now datetime.datetime.utcnow datetime.datetime.today "
    "datetime.date.today".split()
)
CHANCE_ROOMS: Final = frozenset({"run", "serve", "testing"})
CHANCE_PACKAGES: Final = ("random", "secrets")
CHANCE_FUNCTIONS: Final = frozenset({"uuid.uuid1", "uuid.uuid4", "os.urandom"})
CHANCE_TYPES: Final = frozenset({"numpy.random.Generator", "numpy.random.BitGenerator"})


def test_only_core_time_asks_the_machine_for_the_time() -> None:
    violations = _all(clock_reads, modules())
    assert not violations, listed(violations)


def test_only_callers_hand_out_random_generators() -> None:
    violations = _all(drawn_chances, modules())
    assert not violations, listed(violations)


def clock_reads(module: Module) -> Iterator[str]:
    """Yield every look at the machine's clock outside core/time.py."""
    if module.name == CLOCK_FILE:
        return
    for use in [*uses(module), *_now_as_text(module)]:
        if use.name in CLOCK_READS:
            yield f"{module.at(use.line)}: uses {use.name}; only core/time.py asks the machine for the time"


def _now_as_text(module: Module) -> Iterator[Use]:
    """Yield ``np.datetime64("now")`` and ``("today")``, which are looks at the clock too."""
    aliases = aliases_of(module)
    for node in module.nodes():
        match node:
            case ast.Call(func=func, args=[ast.Constant(value="now" | "today"), *_]):
                if written_out(func, aliases) == "numpy.datetime64":
                    yield Use("datetime.datetime.now", node.lineno)


def drawn_chances(module: Module) -> Iterator[str]:
    """Yield every source of chance that a room makes for itself."""
    if module.room in CHANCE_ROOMS:
        return
    for use in uses(module):
        if _is_chance(use.name):
            yield f"{module.at(use.line)}: uses {use.name}; take the generator as an argument"


def _is_chance(name: str) -> bool:
    if name.startswith("numpy.random."):
        return name not in CHANCE_TYPES
    return name.partition(".")[0] in CHANCE_PACKAGES or name in CHANCE_FUNCTIONS


@pytest.mark.parametrize(
    "text",
    [
        "import time\nstart = time.monotonic()",
        "import time as clock\nstart = clock.perf_counter_ns()",
        "from time import process_time",
        "import time\ndef wait(now=time.time): ...",
        "from datetime import datetime, UTC\nnow = datetime.now(UTC)",
        "import datetime as dt\nday = dt.date.today()",
        "import numpy as np\nnow = np.datetime64('now', 's')",
    ],
)
def test_checker_catches_a_look_at_the_clock(text: str) -> None:
    assert list(clock_reads(Module("enerwise.run.cycle", text)))


@pytest.mark.parametrize(
    "text",
    [
        "def turn(clock):\n    return clock.now()",
        "import time\ntime.sleep(1.0)",
        "import numpy as np\nstart = np.datetime64('2026-03-29T00:00')",
        "from enerwise.core import time\ntime.now()",
    ],
)
def test_checker_lets_a_handed_clock_pass(text: str) -> None:
    assert not list(clock_reads(Module("enerwise.run.cycle", text)))


def test_the_clock_itself_may_look() -> None:
    assert not list(clock_reads(Module(CLOCK_FILE, "import time\nstart = time.monotonic()")))


@pytest.mark.parametrize(
    "text",
    [
        "import numpy as np\nrng = np.random.default_rng(0)",
        "from numpy.random import default_rng",
        "from numpy import random\nrandom.normal()",
        "import random",
        "from random import Random",
        "import uuid\nname = uuid.uuid4()",
    ],
)
def test_checker_catches_a_generator_made_at_home(text: str) -> None:
    assert list(drawn_chances(Module("enerwise.physics.pv", text)))
    assert not list(drawn_chances(Module("enerwise.run.world", text)))


def test_checker_lets_a_handed_generator_pass() -> None:
    text = "import numpy as np\ndef noise(rng: np.random.Generator) -> float:\n    return rng.normal()"
    assert not list(drawn_chances(Module("enerwise.physics.pv", text)))


# ---------------------------------------------------------------------------------------------------------------
# 4 The edge install stays light

EDGE_ROOMS: Final = ("core", "site", "protocols", "guard", "agents", "devices", "store", "run")
HEAVY_PACKAGES: Final = frozenset(
    {"highspy", "scipy", "sklearn", "torch", "lightgbm", "onnx", "onnxruntime", "fastapi", "uvicorn", "aiohttp"}
)


def test_edge_install_loads_no_solver_learner_or_web_server() -> None:
    loaded = loaded_by(_importable(*EDGE_ROOMS))
    assert not heavy(loaded), f"the edge install loads {heavy(loaded)}; jobs import theirs inside"


def heavy(loaded: Iterable[str]) -> list[str]:
    """Return the packages among loaded modules that the edge goes without."""
    return sorted({name.partition(".")[0] for name in loaded} & HEAVY_PACKAGES)


def test_checker_catches_a_solver_at_the_edge() -> None:
    assert heavy(loaded_by(["highspy"])) == ["highspy"]
    assert not heavy(loaded_by(["numpy", "json"]))


# ---------------------------------------------------------------------------------------------------------------


def _all(check: Check, where: Iterable[Module]) -> list[str]:
    return [text for module in where for text in check(module)]


def _importable(*rooms: str) -> list[str]:
    """Return the names of all modules of these rooms; skip while there are none."""
    names = [module.name for module in modules(*rooms) if not module.name.endswith("__main__")]
    if not names:
        pytest.skip(f"no modules yet in {', '.join(rooms)}")
    return names
