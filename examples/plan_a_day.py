"""Plan one day of Lindenweg 8 with the library: `python examples/plan_a_day.py`."""

from pathlib import Path

from enerwise.serve.plans import make_plan
from enerwise.serve.sites import read_site_file
from enerwise.store.files import read_outlook

here = Path(__file__).parent
planned = make_plan(read_site_file(here / "lindenweg.yaml"), read_outlook(here / "outlook.csv"), {"battery": 4050.0})
for start_utc, power_w in zip(planned.plan.grid.starts_utc, planned.battery_w, strict=True):
    print(f"{start_utc} {power_w:8.0f} W")
print(f"{planned.plan.total_eur:.2f} EUR")
