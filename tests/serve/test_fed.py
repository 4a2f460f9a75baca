"""`enerwise run` with a market's prices: a server tells them, they are kept, and energy is priced by them."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
import yaml

from enerwise.core.event import Kind
from enerwise.core.quantity import PRICE_IMPORT_EUR_PER_KWH
from enerwise.core.series import Key
from enerwise.core.time import LiveClock
from enerwise.store.sqlite import SqliteStore
from tests.devices.feeds.test_feed import an_answer

from .builders import enerwise as run
from .builders import said
from .test_wired import a_plant, a_running_site, a_site_file, until

FED_EUR_PER_KWH = 0.2 * 1.5 + 0.1


@contextmanager
def a_market() -> Iterator[str]:
    """A server that tells 200 EUR/MWh for three days."""
    first = LiveClock().now().astype("datetime64[D]").astype("datetime64[ms]") - np.timedelta64(1, "D")
    content = an_answer(first, [200.0] * 72)

    class Market(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Market)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def a_fed_site(folder: Path, address: str) -> Path:
    path = a_site_file(folder)
    data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    data["tariff"]["import"] = {"feed": "prices", "otherwise": "0.10 EUR/kWh", "times": "1.5", "plus": "0.10 EUR/kWh"}
    feed = {"id": "prices", "driver": "feed", "profile": "awattar", "address": address, "serves": {"import": "grid"}}
    data["devices"].append(feed)
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    return path


def prices(path: Path) -> list[float]:
    """What energy cost in each turn so far."""
    with closing(SqliteStore(path.with_suffix(".db"), read_only=True)) as store:
        events = store.events(kind=Kind.MEASURED)
        return [float(each.payload["now"]["grid.price_import_eur_per_kwh"]) for each in events]  # type: ignore[index, call-overload, arg-type]


def test_a_market_prices_what_is_bought(tmp_path: Path) -> None:
    with a_market() as address:
        path = a_fed_site(tmp_path, address)
        assert "prices of the feed prices, 10.0 ct/kWh where it tells none" in said(run("check", str(path)))
        with a_plant(path), a_running_site(path):
            until(lambda: prices(path)[-1:] == [pytest.approx(FED_EUR_PER_KWH)], patience_s=90.0)
    with closing(SqliteStore(path.with_suffix(".db"), read_only=True)) as store:
        now = LiveClock().now()
        kept = store.read(Key("prices", PRICE_IMPORT_EUR_PER_KWH), now, now + np.timedelta64(12, "h"))
        assert set(kept.value) == {0.2} and len(kept) == 48
        assert prices(path)[0] in (pytest.approx(0.25), pytest.approx(FED_EUR_PER_KWH))


def test_past_prices_come_from_no_feed(tmp_path: Path) -> None:
    path = a_fed_site(tmp_path, "https://market.example/v1")
    refused = run("simulate", str(path), "--days", "1")
    assert refused.exit_code == 2
    assert "tells prices only while the site runs; write prices of the past in its place" in said(refused)


def test_a_plan_of_a_fed_site_needs_prices_in_its_outlook(tmp_path: Path) -> None:
    path = a_fed_site(tmp_path, "https://market.example/v1")
    outlook = tmp_path / "outlook.csv"
    hours = [f"2024-07-01T{hour:02d}:00:00Z,500,0" for hour in range(24)]
    outlook.write_text("\n".join(["start_utc,load_w,pv_w", *hours]), encoding="utf-8")
    refused = run("plan", str(path), "--outlook", str(outlook))
    assert refused.exit_code == 2
    assert "add a column price_import_eur_per_kwh to the outlook" in said(refused)
