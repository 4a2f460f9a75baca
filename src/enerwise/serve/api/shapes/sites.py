"""Sites and what stands there."""

from pydantic import BaseModel


class SiteBrief(BaseModel):
    """One site of a list."""

    id: str
    name: str
    timezone: str
    is_demo: bool


class SitePage(BaseModel):
    """A page of sites."""

    items: list[SiteBrief]
    next: str | None = None


class AssetShape(BaseModel):
    """One asset with the facts of its kind; what a kind has not is null."""

    id: str
    kind: str
    name: str
    is_controllable: bool
    capacity_wh: float | None = None
    charge_limit_w: float | None = None
    discharge_limit_w: float | None = None
    reserve_ratio: float | None = None
    peak_w: float | None = None
    switch_power_w: float | None = None
    safe_power_w: float
    devices: list[str]


class AssetPage(BaseModel):
    """All assets of a site."""

    items: list[AssetShape]
    next: str | None = None


class ConnectionShape(BaseModel):
    """How the site hangs on the grid, now."""

    import_limit_w: float
    export_limit_w: float
    fuse_a: float | None
    phase_count: int


class ContactShape(BaseModel):
    """Somebody to call."""

    name: str
    phone: str
    role: str


class SiteShape(BaseModel):
    """A site."""

    id: str
    name: str
    timezone: str
    currency: str
    is_demo: bool
    connection: ConnectionShape
    control_mode: str
    step_s: int
    carbon_source: str | None
    assets: list[AssetShape]
    main_switch: str
    recovery: list[str]
    contacts: list[ContactShape]
