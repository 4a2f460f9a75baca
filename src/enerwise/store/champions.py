"""Models on disk that compete to serve: a folder for each series, in it a folder for each model with its manifest.

    DIR/SERIES/MODEL/manifest.json   what it is, from which data, how good it was on days it had not seen
    DIR/SERIES/MODEL/model.bin       the model; opened only while its hash is the one in the manifest
    DIR/SERIES/champion.json         which model serves, since when, and on what evidence
    DIR/SERIES/history.jsonl         every decision, the newest last

What a model is, bytes and all, its registry says: trained forecasts (`enerwise.store.forecast_registry`), identified
devices (`enerwise.store.device_registry`). A challenger serves only where it was better, not by chance.
"""

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, Final

import numpy as np

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.time import Instant
from enerwise.forecast.scorecard import better_by_chance

LEAST_COMMON: Final = 14
"""Issues that both models forecast unseen, before one may take the other's place."""
CERTAIN: Final = 0.05
MANIFEST: Final = "manifest.json"
MODEL: Final = "model.bin"
CHAMPION: Final = "champion.json"
HISTORY: Final = "history.jsonl"


@dataclass(frozen=True, slots=True)
class Entry:
    """A model of the registry."""

    name: str
    manifest: Mapping[str, Any]

    @property
    def losses(self) -> dict[str, float]:
        """Mean absolute error by issue, on days the model had not seen."""
        return {str(at): float(each) for at, each in dict(self.manifest["losses"]).items() if each is not None}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a challenge."""

    is_promoted: bool
    p_value: float
    common_count: int
    reason: str


class Champions:
    """The models of one series, one of which serves."""

    unit: ClassVar[str] = ""
    """Of the losses, where it is to be told."""
    lags: ClassVar[int] = 0
    """Issues before and after that are correlated: see `enerwise.forecast.scorecard.better_by_chance`."""

    def __init__(self, folder: Path, series: str) -> None:
        self.folder = folder / series
        self.series = series

    def entries(self) -> tuple[Entry, ...]:
        """Return all models, the oldest first."""
        found = sorted(self.folder.glob(f"*/{MANIFEST}"))
        return tuple(Entry(path.parent.name, _read(path)) for path in found)

    def champion(self) -> str | None:
        """Return the model that serves, None where none does."""
        path = self.folder / CHAMPION
        return str(_read(path)["model"]) if path.exists() else None

    def last_trained(self) -> Instant | None:
        """Return when the newest model was trained, whether it serves or lost; None where none was."""
        path = self.folder / HISTORY
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        told = [json.loads(line).get("trained_at") for line in lines]
        return max((np.datetime64(each, "ms") for each in told if each is not None), default=None)

    def keep(self, name: str, manifest: Mapping[str, Any], content: bytes) -> Entry:
        """Keep a model; the first of a series serves at once.

        Raises:
            ProblemsFound: The name is taken, or the place cannot be written to.
        """
        place = self.folder / name
        full = {**manifest, "model_sha256": hashlib.sha256(content).hexdigest()}
        try:
            place.mkdir(parents=True)
            (place / MODEL).write_bytes(content)
            _write(place / MANIFEST, full)
        except FileExistsError:
            raise wrong(place, "there is such a model already", "train on newer data, or choose --name") from None
        except OSError as error:
            raise wrong(place, error.strerror or type(error).__name__, "check folder, rights and space") from None
        if self.champion() is None:
            self._crown(name, Verdict(True, float("nan"), 0, "the first of its series"))
        return Entry(name, full)

    def content(self, name: str) -> bytes:
        """Return the bytes of a model.

        Raises:
            ProblemsFound: There is none, or the file is not the one that was written.
        """
        entry, path = self.entry(name), self.folder / name / MODEL
        try:
            content = path.read_bytes()
        except OSError as error:
            raise wrong(path, error.strerror or type(error).__name__, "restore it, or train again") from None
        if hashlib.sha256(content).hexdigest() != entry.manifest["model_sha256"]:
            raise wrong(path, "is not the file its manifest tells of", "train again")
        return content

    def entry(self, name: str) -> Entry:
        """Return one model's manifest.

        Raises:
            ProblemsFound: There is none of that name.
        """
        entries = {each.name: each for each in self.entries()}
        if name not in entries:
            known = f"there are {', '.join(entries)}" if entries else "train one first"
            raise wrong(self.folder, f"holds no model {name!r}", known)
        return entries[name]

    def drop(self, name: str) -> None:
        """Forget a model that lost; what was decided about it stays in the history.

        Raises:
            ProblemsFound: There is none of that name, or it serves.
        """
        self.entry(name)
        if name == self.champion():
            raise wrong(self.folder / name, "serves", "promote another before it is dropped")
        shutil.rmtree(self.folder / name)

    def thin(self, count: int) -> None:
        """Forget the oldest models but so many and the one that serves; the history keeps what was decided."""
        champion = self.champion()
        for each in self.entries()[:-count]:
            if each.name != champion:
                self.drop(each.name)

    def promote(
        self, challenger: str, *, forced_because: str = "", served: Mapping[str, float] = MappingProxyType({})
    ) -> Verdict:
        """Let a challenger serve if it was better on the same days, and not by chance.

        Args:
            challenger: Name of a model.
            forced_because: A person's reason to promote without evidence; it is kept with the decision.
            served: Errors of the champion since its training, by issue; they count beside those in its manifest.
        """
        verdict = self._judged(self.entry(challenger), forced_because, served)
        if verdict.is_promoted:
            self._crown(challenger, verdict)
        else:
            self._note(challenger, verdict)
        return verdict

    def _judged(self, challenger: Entry, forced_because: str, served: Mapping[str, float]) -> Verdict:
        name = self.champion()
        if name is None or forced_because:
            return Verdict(True, float("nan"), 0, forced_because or "there was no champion")
        if name == challenger.name:
            return Verdict(False, float("nan"), 0, "it serves already")
        own, others = challenger.losses, self.entry(name).losses | dict(served)
        common = sorted(own.keys() & others.keys())
        if len(common) < LEAST_COMMON:
            reason = f"{len(common)} days in common, {LEAST_COMMON} needed: train both on the same data"
            return Verdict(False, float("nan"), len(common), reason)
        mine, theirs = (np.array([each[at] for at in common]) for each in (own, others))
        p_value = better_by_chance(mine, theirs, lags=self.lags)
        figures = f"{mine.mean():.4g}{self.unit} against {theirs.mean():.4g}{self.unit} of {name}"
        words = f"MAE {figures}, Diebold-Mariano p-value {p_value:.4f}"
        return Verdict(bool(p_value < CERTAIN), p_value, len(common), words)

    def _crown(self, name: str, verdict: Verdict) -> None:
        _write(self.folder / CHAMPION, {"model": name, "reason": verdict.reason})
        self._note(name, verdict)

    def _note(self, name: str, verdict: Verdict) -> None:
        line = {
            "model": name,
            "trained_at": self.entry(name).manifest.get("trained_at"),
            "is_promoted": verdict.is_promoted,
            "p_value": None if np.isnan(verdict.p_value) else verdict.p_value,
            "common_count": verdict.common_count,
            "reason": verdict.reason,
        }
        with (self.folder / HISTORY).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise wrong(path, f"cannot be read: {error}", "restore it, or train again") from None
    if not isinstance(found, dict):
        raise wrong(path, "holds no manifest", "restore it, or train again")
    return found


def _write(path: Path, content: Mapping[str, Any]) -> None:
    part = path.with_name(f".{path.name}.part")
    part.write_text(json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")
    part.replace(path)


def wrong(path: Path, message: str, remedy: str) -> ProblemsFound:
    """Return what is wrong with a place of a registry."""
    return ProblemsFound(str(path), [Problem(path.name, message, remedy)])
