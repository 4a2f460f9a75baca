"""Every benchmark beside this file, one after the other: `make bench`, or `python bench/run.py plan store`."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from rich.console import Console

HERE = Path(__file__).resolve().parent
NOT_BENCHMARKS = ("run", "results", "results_page", "safety", "mutation")


def names() -> list[str]:
    """Return what there is to run."""
    return sorted(path.stem for path in HERE.glob("*.py") if path.stem not in NOT_BENCHMARKS)


def loaded(name: str) -> ModuleType:
    """Return a benchmark as a module, whatever its name hides."""
    spec = importlib.util.spec_from_file_location(f"bench_{name}", HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def main() -> None:
    """Run all, or those named."""
    chosen = sys.argv[1:] or names()
    unknown = sorted(set(chosen) - set(names()))
    if unknown:
        sys.exit(f"no benchmark {', '.join(unknown)}; there are {', '.join(names())}")
    for name in chosen:
        module = loaded(name)
        Console().rule(f"[bold]{name}[/]  {(module.__doc__ or '').splitlines()[0]}", align="left")
        module.main()


if __name__ == "__main__":
    main()
