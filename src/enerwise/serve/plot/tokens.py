"""Design tokens of the light theme: fill and line of each energy role, neutrals, sizes."""

from typing import Final

PAGE: Final = "#F5F4F0"
CARD: Final = "#FFFFFF"
HAIR: Final = "#E2DFD7"
RULE: Final = "#C9C5BA"
CONTROL: Final = "#7C828C"
INK: Final = "#17202B"
INK_2: Final = "#4A5563"
INK_3: Final = "#5F6873"

SOLAR: Final = ("#F2B50C", "#B58900")
BATTERY: Final = ("#00695A", "#00695A")
GRID: Final = ("#4420B0", "#4420B0")
HOME: Final = ("#838A94", "#7C828C")
"""Fill and line."""

PAST_OPACITY: Final = 0.035
SANS: Final = "'Inter Variable',Inter,system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"
WIDTH: Final = 900
MARGIN: Final = 20
PADDING: Final = 22
RADIUS: Final = 20
