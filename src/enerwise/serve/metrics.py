"""Figures of the face for Prometheus: one registry, everything that is ever shown is named here.

Requests are counted by the template of their route, never by what callers wrote: labels stay few. What is told of
sites is looked up when somebody asks, see `site_figures`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from enerwise import __version__

BUCKETS_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
STATES: Final = ("running", "idle", "stopped", "error", "boot", "silent")
"""What a door may be; silent where it is not heard."""


class Metrics:
    """The figures of one server."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "enerwise_http_requests", "Requests answered.", ["method", "route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "enerwise_http_request_seconds",
            "Time to the end of an answer.",
            ["route"],
            buckets=BUCKETS_S,
            registry=self.registry,
        )
        self.live_clients = Gauge(
            "enerwise_live_clients", "Clients that hear live events now.", ["kind"], registry=self.registry
        )
        self._stops = Counter("enerwise_stop_requests", "Emergency stops taken.", registry=self.registry)
        self._stops_told = 0
        self.push = Counter("enerwise_push_messages", "Web push messages.", ["outcome"], registry=self.registry)
        version = Gauge("enerwise_build_info", "Always 1; the version is a label.", ["version"], registry=self.registry)
        version.labels(__version__).set(1)
        ProcessCollector(registry=self.registry)
        self._sites = _Sites()
        self.registry.register(self._sites)

    def follow_stops(self, count: int) -> None:
        """Note how many stops were taken so far: their way counts by itself and knows nothing of figures."""
        self._stops.inc(max(0, count - self._stops_told))
        self._stops_told = max(count, self._stops_told)

    def text(self, sites: Iterable["SiteFigures"]) -> bytes:
        """Return everything in the text format of Prometheus."""
        self._sites.figures = tuple(sites)
        return generate_latest(self.registry)

    def names(self) -> frozenset[str]:
        """Return the names of all series that may be shown."""
        self._sites.figures = (SiteFigures("any"),)
        found = set()
        for family in self.registry.collect():
            found.add(family.name)
            ends = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}.get(family.type, ())
            found |= {f"{family.name}{each}" for each in ends}
            found |= {each.name for each in family.samples}
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class SiteFigures:
    """What is told of one site; None is unknown and is not shown."""

    site: str
    state: str = "silent"
    turn_age_s: float | None = None
    turn_every_s: float | None = None
    plan_age_s: float | None = None
    plan_failures: int | None = None
    """Plans that failed within the last day."""
    store_bytes: int | None = None
    store_lag_s: float | None = None
    """Age of the newest reading kept."""
    disk_free_ratio: float | None = None
    refused_count: int | None = None
    """Readings refused within the last hour."""
    stop_count: int | None = None
    """Stops in the audit of the last day."""
    devices: int | None = None
    devices_answering: int | None = None
    lost_count: int | None = None
    """Answers that devices have owed since the door began."""
    grid_power_w: float | None = None


FAMILIES: Final = {
    "turn_age_s": ("enerwise_turn_age_seconds", "Age of the newest turn."),
    "plan_age_s": ("enerwise_plan_age_seconds", "Age of the newest plan."),
    "plan_failures": ("enerwise_plan_failures_day", "Plans that failed within the last day."),
    "store_bytes": ("enerwise_store_bytes", "Size of the store and its log."),
    "store_lag_s": ("enerwise_store_lag_seconds", "Age of the newest reading kept."),
    "disk_free_ratio": ("enerwise_disk_free_ratio", "Share of the disk that is free."),
    "refused_count": ("enerwise_readings_refused_hour", "Readings refused within the last hour."),
    "stop_count": ("enerwise_stops_day", "Stops within the last day, by the audit."),
    "devices": ("enerwise_devices", "Devices wired."),
    "devices_answering": ("enerwise_devices_answering", "Devices that answer."),
    "lost_count": ("enerwise_device_answers_lost", "Answers that devices owe since the door began."),
    "grid_power_w": ("enerwise_grid_power_watts", "Power at the connection; import is above zero."),
}


class _Sites(Collector):
    """Tells of sites what was looked up last."""

    def __init__(self) -> None:
        self.figures: tuple[SiteFigures, ...] = ()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        count = GaugeMetricFamily("enerwise_sites", "Sites shown.")
        count.add_metric([], len(self.figures))
        yield count
        state = GaugeMetricFamily("enerwise_door_state", "1 for the state the door is in.", labels=["site", "state"])
        for each in self.figures:
            for name in STATES:
                state.add_metric([each.site, name], float(each.state == name))
        yield state
        for name, (series, told) in FAMILIES.items():
            family = GaugeMetricFamily(series, told, labels=["site"])
            for each in self.figures:
                value = getattr(each, name)
                if value is not None:
                    family.add_metric([each.site], float(value))
            yield family


def metrics_of(app: Any) -> Metrics:
    """Return the figures of an application, begun when first asked for."""
    found = getattr(app.state, "metrics", None)
    if not isinstance(found, Metrics):
        found = app.state.metrics = Metrics()
    return found
