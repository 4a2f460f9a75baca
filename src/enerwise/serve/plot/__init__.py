"""Pictures as SVG, written by hand: a plot is a few hundred rectangles and paths, and matplotlib weighs 100 MB.

Colours, sizes and words are those of the interface: colour means energy, direction is position and pattern, the past
stands on shaded ground.
"""

from enerwise.serve.plot.backtest import backtest_svg
from enerwise.serve.plot.plan import plan_svg
from enerwise.serve.plot.week import week_svg

__all__ = ["backtest_svg", "plan_svg", "week_svg"]
