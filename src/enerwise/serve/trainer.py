"""`python -m enerwise.serve.trainer`: a process that trains a site once, or identifies its devices, and is gone.

It is told its errand through a pipe and dies with whoever holds the other end. It takes only what nobody else wants of
the processor, writes nothing but the registry, and says what came of each channel on its standard output.
"""

import contextlib
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Final

from enerwise.core.errors import EnerwiseError
from enerwise.core.time import Instant
from enerwise.run.identification import Identification
from enerwise.run.identifying import identify_site
from enerwise.run.learned import FOLDER, can_train
from enerwise.run.models import FOLDER as MODELS
from enerwise.run.teaching import Told, train_site
from enerwise.run.training import Training
from enerwise.run.tuning import tune_site
from enerwise.run.ways import FILE
from enerwise.serve.errand import IdentifyErrand, TrainingErrand, hand_down, take_as
from enerwise.serve.stores import open_store
from enerwise.site.site import Site
from enerwise.store.store import Store

MODULE: Final = "enerwise.serve.trainer"
NICE: Final = 15
LOG: Final = "training.log"
ONE_THREAD: Final = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
WAIT_S: Final = 5.0


class TrainingFailed(EnerwiseError):
    """The process that trained came to nothing."""


class TrainingProcess:
    """A training under way in another process."""

    def __init__(self, errand: TrainingErrand) -> None:
        errand.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._what = "identification" if isinstance(errand, IdentifyErrand) else "training of forecasts"
        self._log = errand.folder / LOG
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", MODULE],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=os.environ | ONE_THREAD,
            )
        assert self._process.stdin is not None
        # The pipe stays open: it is what tells the process that we live.
        with contextlib.suppress(OSError):
            hand_down(errand, self._process.stdin)

    def result(self) -> list[Told] | None:
        """Return what came of each channel, None while it works.

        Raises:
            TrainingFailed: It ended without a word.
        """
        if self._process.poll() is None:
            return None
        assert self._process.stdout is not None
        try:
            found = json.loads(self._process.stdout.read())
        except ValueError:
            why = f"ended with {self._process.returncode}; see {self._log}"
            raise TrainingFailed(f"the {self._what} {why}") from None
        finally:
            self._close()
        return list(found)

    def end(self) -> None:
        """Kill it."""
        self._process.kill()
        self._process.wait(WAIT_S)
        self._close()

    def _close(self) -> None:
        for each in (self._process.stdin, self._process.stdout):
            if each is not None:
                with contextlib.suppress(OSError):
                    each.close()


def training_of(site: Site, store_path: Path, folder: Path, *, turn_s: int) -> Training | None:
    """Return the trainings of a running site; None where the owner wants none, or nothing that learns is installed.

    Args:
        site: Whose forecasts.
        store_path: What it measures is kept here.
        folder: What a running site keeps besides; the registry lies in it.
        turn_s: Seconds between turns.
    """
    if site.forecast.every_days is None or not can_train():
        return None
    registry, step_s = folder / FOLDER, max(turn_s, site.control.step_s)

    def begin(now: Instant) -> TrainingProcess:
        return TrainingProcess(TrainingErrand(site, store_path, registry, now, step_s))

    return Training(site, registry, begin)


def identification_of(site: Site, store_path: Path, folder: Path, *, turn_s: int) -> Identification | None:
    """Return the identifications of a running site; None where the owner wants none.

    Args:
        site: Whose devices.
        store_path: What it measures is kept here.
        folder: What a running site keeps besides; the registry lies in it.
        turn_s: Seconds between turns.
    """
    if site.models.every_days is None:
        return None
    registry, step_s = folder / MODELS, max(turn_s, site.control.step_s)

    def begin(now: Instant) -> TrainingProcess:
        return TrainingProcess(IdentifyErrand(site, store_path, registry, now, step_s))

    return Identification(site, registry, begin)


def main() -> None:
    """Train, tell, and be gone."""
    os.nice(NICE)
    errand = take_as(TrainingErrand, sys.stdin.buffer)
    threading.Thread(target=_end_with, args=(sys.stdin.buffer,), daemon=True).start()
    is_device = isinstance(errand, IdentifyErrand)
    every_days = (errand.site.models if is_device else errand.site.forecast).every_days
    assert every_days is not None
    store, work = open_store(errand.store_path, read_only=True), identify_site if is_device else train_site
    told = work(errand.site, store, errand.folder, errand.now, step_s=errand.step_s, every_days=every_days)
    if not is_device:
        told += _chosen(errand, store)
    sys.stdout.write(json.dumps(told))
    sys.stdout.flush()
    # The thread that listens to the parent must not hold up the end.
    os._exit(0)


def _chosen(errand: TrainingErrand, store: Store) -> list[Told]:
    """Choose anew how to plan, where it is time; a site that cannot be played keeps the way it has."""
    try:
        chosen = tune_site(errand.site, store, errand.folder.parent / FILE, errand.now, step_s=errand.step_s)
    except (EnerwiseError, OSError) as error:
        # What was trained before is told all the same, whatever the disk says.
        return [{"series": "way", "error": str(error)}]
    return [] if chosen is None else [chosen]


def _end_with(parent: IO[bytes]) -> None:
    """End as soon as the parent closes its end of the pipe, or is gone."""
    parent.read()
    os._exit(1)


if __name__ == "__main__":
    main()
