"""Small communities: a few homes and a day, laid out from a file as people write it."""

from pathlib import Path

from enerwise.run.community_homes import Community
from enerwise.run.community_read import read_community
from enerwise.run.community_supply import Supply, build

TEXT = """\
name: Birkenhof
timezone: Europe/Berlin
start: 2024-06-03
days: {days}
history: 3
step: {step}
seed: {seed}
prices: {{import: 0.32 EUR/kWh, export: 0.08 EUR/kWh, balancing_margin: 1 ct/kWh}}
market: {{mechanism: uniform, strategy: marginal_value}}
homes:
  - count: {count}
    pv: {{share: 60 %, peak: [3 kWp, 9 kWp]}}
    battery: {{share: 50 %, capacity: 10 kWh, charge_limit: 5 kW, discharge_limit: 5 kW, soc: [10 %, 80 %]}}
    vehicle: {{share: 40 %, charge_limit: 4 kW, driven: 100 %}}
    connection: {{import_limit: 12 kW, export_limit: 5 kW}}
"""


def a_text(*, count: int = 6, days: int = 1, step: str = "1 h", seed: int = 1) -> str:
    """Return a community file."""
    return TEXT.format(count=count, days=days, step=step, seed=seed)


def a_community(text: str | None = None, folder: Path = Path(), **wishes: int | str) -> tuple[Community, Supply]:
    """Lay out a community and what happens in it."""
    return build(read_community(text or a_text(**wishes)), folder)  # type: ignore[arg-type]
