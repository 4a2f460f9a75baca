"""Trained forecasts on disk: for each series the models, and which of them serves (`enerwise.store.champions`).

A model file is code to whoever opens it (pickle): open registries only of people you would let run programs.
"""

import pickle
from collections.abc import Mapping
from typing import Any

from enerwise.forecast.trained import Trained
from enerwise.store.champions import Champions, Entry, Verdict

__all__ = ["Entry", "Registry", "Verdict"]


class Registry(Champions):
    """The trained forecasts of one series."""

    def add(self, name: str, manifest: Mapping[str, Any], trained: Trained) -> Entry:
        """Keep a trained model; the first of a series serves at once.

        Raises:
            ProblemsFound: The name is taken, or the place cannot be written to.
        """
        return self.keep(name, manifest, pickle.dumps(trained, protocol=pickle.HIGHEST_PROTOCOL))

    def load(self, name: str) -> Trained:
        """Open a model.

        Raises:
            ProblemsFound: There is none, or the file is not the one that was written.
        """
        trained = pickle.loads(self.content(name))
        assert isinstance(trained, Trained)
        return trained
