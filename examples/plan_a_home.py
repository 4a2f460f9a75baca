"""Lindenweg 8 with a car and a heat pump, planned with the library: `python examples/plan_a_home.py`."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from enerwise.physics.building import two_nodes
from enerwise.physics.heat_pump import Compressor
from enerwise.plan.blocks.charger import Charger
from enerwise.plan.blocks.heat_pump import HeatPump
from enerwise.plan.circuit import Circuit
from enerwise.plan.solve import solve
from enerwise.serve.plans import make_plan
from enerwise.serve.sites import read_site_file
from enerwise.store.files import read_outlook

here = Path(__file__).parent
home = make_plan(
    read_site_file(here / "lindenweg.yaml"), read_outlook(here / "outlook.csv"), {"battery": 4050.0}
).problem
steps = home.grid.step_count
hour = np.arange(steps) * home.grid.step_h

# A car that stays until 07:00 and comes back at 18:00, each time with 20 kWh; it wants 30 by the morning.
car = Charger("car", np.array([0, 72]), np.array([28, steps]), np.array([20e3, 20e3]), np.array([30e3, 20e3]))
heat_pump = HeatPump(
    "heat-pump",
    Compressor((-7.0, 2.0, 7.0), (2.6, 3.4, 4.2), power_min_w=700.0, power_max_w=3000.0),
    two_nodes("living", loss_w_per_k=150.0, air_wh_per_k=1500.0, mass_wh_per_k=9000.0, exchange_w_per_k=900.0),
    outdoor_degc=4.0 + 3.0 * np.sin((hour - 9) / 12 * np.pi),
    gain_w=np.full((2, steps), 150.0),
    start_degc=np.array([20.5, 20.5]),
    low_degc=np.where((hour > 6) & (hour < 22), 20.0, 18.0)[None],
    high_degc=np.full((1, steps), 23.0),
    run_min_s=1800.0,
)
garage = Circuit("garage", ("car",), fuse_a=16.0)

plan = solve(replace(home, flexible=(car, heat_pump), circuits=(garage,)), home.grid.start_utc)
living = plan.states["heat-pump"]["living temperature_degc"]
for step, start_utc in enumerate(home.grid.starts_utc):
    powers = " ".join(f"{asset} {plan.power_w[row, step]:6.0f} W" for row, asset in enumerate(plan.assets))
    print(f"{start_utc} {powers} living {living[step + 1]:.1f} degC")
for broken in plan.broken:
    print(broken)
print(f"{plan.total_eur:.2f} EUR, at most {plan.gap_eur:.2f} EUR above the best")
