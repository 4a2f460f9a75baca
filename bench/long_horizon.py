"""ETTh1, 96 hours ahead from 336: the linear map by the usual protocol, beside repeating the last value and day.

12, 4 and 4 months of 30 days train, validate and test; values are scaled by mean and deviation of the training part.
The error is the mean over all test windows and channels. The penalty is chosen on the validation part.
"""

import gzip
import io
import sys
from pathlib import Path

import numpy as np
from rich.console import Console

from enerwise.core.time import cpu_s
from enerwise.core.units import FloatArray
from enerwise.forecast.linear import fit, scores, windows

FILE = Path(__file__).resolve().parents[2] / "shared" / "data" / "ett" / "ETTh1.csv.gz"
MONTH = 30 * 24
LOOK_BACK, HORIZON = 336, 96


def parts(path: Path = FILE) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the scaled parts; validation and test begin with the look-back before them. Shape (step, channel) each"""
    text = gzip.decompress(path.read_bytes()).decode()
    raw = np.genfromtxt(io.StringIO(text), delimiter=",", skip_header=1)[:, 1:]
    first = raw[: 12 * MONTH]
    scaled = (raw - first.mean(axis=0)) / first.std(axis=0)
    return (
        scaled[: 12 * MONTH],
        scaled[12 * MONTH - LOOK_BACK : 16 * MONTH],
        scaled[16 * MONTH - LOOK_BACK : 20 * MONTH],
    )


def main() -> None:
    """Print the errors."""
    if not FILE.exists():
        sys.exit(f"{FILE} is absent: the file may not be given away with the product")
    train, validation, test = parts()
    began_s = cpu_s()
    model = fit(train, validation, look_back=LOOK_BACK, horizon=HORIZON)
    took_s = cpu_s() - began_s
    mse, mae = scores(model, test, look_back=LOOK_BACK, horizon=HORIZON)
    past, future = windows(test, LOOK_BACK, HORIZON)
    day = np.tile(past[:, -24:], HORIZON // 24)
    Console().print(f"linear map: MSE {mse:.4f}, MAE {mae:.4f}; penalty {model.penalty:g}, {took_s:.1f} s CPU to fit")
    Console().print(f"last day repeated: MSE {np.mean((day - future) ** 2):.4f}")
    Console().print(f"last value kept: MSE {np.mean((past[:, -1:] - future) ** 2):.4f}")


if __name__ == "__main__":
    main()
