"""XGBoost on the same rows: a second opinion for those who want one; LightGBM is the usual member."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from enerwise.core.units import FloatArray
from enerwise.forecast.columns.learning import lesson
from enerwise.forecast.columns.trees import LEVELS, spread_out
from enerwise.forecast.features import rows
from enerwise.forecast.frame import Known

if TYPE_CHECKING:
    from xgboost import Booster

ROUNDS: Final = 150
ALL_LEVELS: Final = (*LEVELS[: len(LEVELS) // 2], 0.5, *LEVELS[len(LEVELS) // 2 :])
SETTINGS: Final[dict[str, Any]] = {
    "objective": "reg:quantileerror",
    "quantile_alpha": list(ALL_LEVELS),
    "tree_method": "hist",
    "nthread": 1,
    "seed": 1,
    "eta": 0.06,
    "max_depth": 5,
    "min_child_weight": 20,
    "subsample": 0.7,
    "colsample_bytree": 0.6,
    "lambda": 1.0,
    "max_bin": 127,
}


@dataclass(frozen=True, slots=True)
class BoostModel:
    """One booster that tells all levels."""

    booster: "Booster"

    def predict(self, known: Known) -> FloatArray:
        """Return quantiles, straight lines between the levels it learned."""
        row = rows(known, np.array([known.past_count]), known.horizon)
        table = np.asarray(self.booster.inplace_predict(row.x), dtype=np.float64).T
        half = len(LEVELS) // 2
        scaled = spread_out(table[half], np.delete(table, half, axis=0))
        return np.asarray((scaled + row.base[:, None]) * row.scale[:, None])


@dataclass(frozen=True, slots=True)
class Boost:
    """XGBoost with the quantile loss. Source: Chen and Guestrin 2016."""

    name: str = "xgboost"
    refit_days: int = 7

    def fit(self, known: Known) -> BoostModel:
        """Grow the trees.

        Raises:
            TooShort: There is too little to learn from.
        """
        import xgboost

        taught = lesson(known)
        data = xgboost.QuantileDMatrix(taught.x, taught.y, max_bin=SETTINGS["max_bin"], nthread=1)
        return BoostModel(xgboost.train(SETTINGS, data, num_boost_round=ROUNDS))
