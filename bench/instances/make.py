"""How the committed instances were made: two days of load, sun and prices for each kind. Not run by the benchmark."""

from pathlib import Path

import numpy as np

from enerwise.core.time import TimeGrid, instant
from enerwise.store.files import write_table

STEPS, STEP_S = 192, 900


def main() -> None:
    grid = TimeGrid(instant("2024-06-03T00:00Z"), STEP_S, STEPS)
    hour = np.arange(STEPS) * STEP_S / 3600 % 24
    rng = np.random.default_rng(1)
    load_w = np.abs(rng.normal(600, 300, STEPS)) + 1500 * np.exp(-(((hour - 19) / 2) ** 2))
    pv_w = np.maximum(0.0, 4000 * np.sin((hour - 6) / 12 * np.pi))
    buy, sell = np.where((hour >= 14) & (hour < 20), 0.52, 0.27), np.full(STEPS, 0.08)
    cheap = buy - 0.6 * np.exp(-(((hour - 13) / 2) ** 2))
    for kind, sun_w, bought, sold in (
        ("ordinary", pv_w, buy, sell),
        ("capacity", 0.1 * pv_w, buy, sell),
        ("negative", pv_w, cheap, np.minimum(sell, cheap - 0.05)),
    ):
        columns = {
            "start_utc": grid.starts_utc,
            "load_w": load_w.round(1),
            "pv_w": sun_w.round(1),
            "price_import_eur_per_kwh": bought.round(5),
            "price_export_eur_per_kwh": sold.round(5),
        }
        write_table(Path(__file__).with_name(f"{kind}.csv"), columns)


if __name__ == "__main__":
    main()
