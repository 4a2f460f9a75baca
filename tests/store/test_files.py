"""People's files, with all the mistakes people make."""

from pathlib import Path

import numpy as np
import pytest

from enerwise.core.errors import ProblemsFound
from enerwise.core.quantity import AVAILABLE_POWER_W, POWER_W
from enerwise.core.series import Key, Quality
from enerwise.core.time import instant
from enerwise.store.columns import ColumnMap
from enerwise.store.files import is_night, public_day_ahead, read_measurements, read_outlook, read_prices, write_table

HOME = Key("home", POWER_W)
ROOF = Key("roof", AVAILABLE_POWER_W)

GOOD = """\
start_utc,load_w,pv_w,note
2024-07-01T00:00:00Z,500,0,dark
2024-07-01T00:15:00Z,510.5,-3,"still, dark"
2024-07-01T00:30:00Z,,120,
2024-07-01T01:00:00Z,600,300,
"""


def written(folder: Path, text: str, name: str = "home.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def problems_of(path: Path, columns: ColumnMap | None = None) -> str:
    with pytest.raises(ProblemsFound) as found:
        read_measurements(path, columns)
    return str(found.value)


# ---------------------------------------------------------------------------------------------------------------
# Measurements


def test_measurements_come_in_the_house_sign_on_a_full_grid(tmp_path: Path) -> None:
    frame = read_measurements(written(tmp_path, GOOD))
    assert frame.keys == (HOME, ROOF)
    assert frame.start_utc[0] == instant("2024-07-01T00:00Z")
    assert np.unique(np.diff(frame.start_utc)).tolist() == [np.timedelta64(900_000, "ms")]
    np.testing.assert_array_equal(frame.column(HOME), [500.0, 510.5, np.nan, np.nan, 600.0])
    np.testing.assert_array_equal(frame.column(ROOF), [0.0, 0.0, -120.0, np.nan, -300.0])
    assert not np.signbit(frame.column(ROOF)[:2]).any()
    missing = Quality.MISSING
    assert frame.quality.tolist() == [[0, 0], [0, 0], [missing, 0], [missing, missing], [0, 0]]
    assert (frame.known_at - frame.start_utc == np.timedelta64(900_000, "ms")).all()


@pytest.mark.parametrize("name", ["home.csv", "home.tsv", "home.parquet", "o'hara's [1] *.csv"])
def test_what_was_written_is_read_again(tmp_path: Path, name: str) -> None:
    starts = instant("2024-07-01") + np.arange(4) * np.timedelta64(900_000, "ms")
    load, pv = np.array([1 / 3, np.nan, 1e-12, 7.0]), np.array([0.0, 1.0, np.nan, 0.1])
    path = tmp_path / name
    write_table(path, {"start_utc": starts, "load_w": load, "pv_w": pv, 'say "so"': np.array(["a", "b,c", None, "d"])})
    frame = read_measurements(path)
    np.testing.assert_array_equal(frame.column(HOME), load)
    np.testing.assert_array_equal(frame.column(ROOF), -pv)
    np.testing.assert_array_equal(frame.start_utc, starts)
    assert [each.name for each in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_separator_line_ends_and_byte_order_mark_are_found(tmp_path: Path, separator: str, newline: str) -> None:
    text = "\ufeffstart_utc, load_w\n2024-07-01T00:00Z,1\n2024-07-01T00:15Z, 2 \n"
    path = written(tmp_path, text.replace(",", separator).replace("\n", newline))
    assert read_measurements(path, pv=None).column(HOME).tolist() == [1.0, 2.0]


def test_energy_per_step_with_stamps_at_the_end_becomes_power_from_the_begin(tmp_path: Path) -> None:
    path = written(tmp_path, "end,kwh\n2024-07-01 00:30,0.25\n2024-07-01 01:00,0.5\n")
    columns = ColumnMap.parse(
        {
            "time": "end",
            "step_is": "end",
            "timezone": "Europe/Berlin",
            "load": {"column": "kwh", "unit": "kWh per step"},
        }
    )
    frame = read_measurements(path, columns, load="house")
    assert frame.keys == (Key("house", POWER_W),)
    assert frame.start_utc.tolist() == [instant("2024-06-30T22:00Z").item(), instant("2024-06-30T22:30Z").item()]
    assert frame.value[:, 0].tolist() == [500.0, 1000.0]


def test_other_channels_are_read_with_unit_and_sign(tmp_path: Path) -> None:
    path = written(tmp_path, "t,soc,bat\n2024-07-01T00:00Z,50,-2\n2024-07-01T00:15Z,60,3\n")
    columns = ColumnMap.parse(
        {
            "time": "t",
            "battery.soc_ratio": {"column": "soc", "unit": "%"},
            "battery.power_w": {"column": "bat", "unit": "kW", "times": -1},
        }
    )
    frame = read_measurements(path, columns)
    assert frame.column(Key("battery", "soc_ratio")).tolist() == pytest.approx([0.5, 0.6])
    assert frame.column(Key("battery", "power_w")).tolist() == [2000.0, -3000.0]


def test_rows_are_chosen_by_a_column(tmp_path: Path) -> None:
    path = written(
        tmp_path, "start_utc,house,load_w\n2024-07-01T00:00Z,1,5\n2024-07-01T00:00Z,2,6\n2024-07-01T00:15Z,2,x\n"
    )
    columns = ColumnMap.parse({"where": {"house": 1}, "step": "15 min", "load": "load_w"})
    assert read_measurements(path, columns).column(HOME).tolist() == [5.0]
    wrong = ColumnMap.parse({"where": {"house": 2}, "load": "load_w"})
    assert "row 4, load_w: 'x' is not a number" in problems_of(path, wrong)
    assert "there are no rows with house = 3" in problems_of(
        path, ColumnMap.parse({"where": {"house": 3}, "load": "load_w"})
    )
    assert "there is no column 'hose'; did you mean 'house'?" in problems_of(
        path, ColumnMap.parse({"where": {"hose": 3}, "load": "load_w"})
    )


def test_load_below_zero_is_kept_as_suspect(tmp_path: Path) -> None:
    path = written(tmp_path, "start_utc,load_w\n2024-07-01T00:00Z,-500\n2024-07-01T00:15Z,-5\n")
    frame = read_measurements(path, pv=None)
    assert frame.value[:, 0].tolist() == [-500.0, -5.0]
    assert frame.quality[:, 0].tolist() == [Quality.SUSPECT, Quality.GOOD]


def test_day_of_25_hours_is_read_in_order(tmp_path: Path) -> None:
    rows = "".join(f"2024-10-27 {hour:02}:00,{hour}\n" for hour in (0, 1, 2, 2, 3))
    path = written(tmp_path, f"t,load_w\n{rows}")
    frame = read_measurements(path, ColumnMap.parse({"time": "t", "timezone": "Europe/Berlin", "load": "load_w"}))
    assert frame.value[:, 0].tolist() == [0.0, 1.0, 2.0, 2.0, 3.0]
    assert frame.start_utc[0] == instant("2024-10-26T22:00Z")


def test_clock_of_24_hours_leaves_the_repeated_hour_open_and_drops_the_skipped_one(tmp_path: Path) -> None:
    autumn = "".join(f"2024-10-27 {hour:02}:00,{hour}\n" for hour in (1, 2, 3))
    spring = "".join(f"2024-03-31 {hour:02}:00,{hour}\n" for hour in (1, 2, 3))
    columns = ColumnMap.parse(
        {"time": "t", "timezone": "Europe/Berlin", "clock": "24h", "step": "1 h", "load": "load_w"}
    )
    frame = read_measurements(written(tmp_path, f"t,load_w\n{autumn}"), columns)
    np.testing.assert_array_equal(frame.value[:, 0], [1.0, 2.0, np.nan, 3.0])
    frame = read_measurements(written(tmp_path, f"t,load_w\n{spring}"), columns)
    assert frame.value[:, 0].tolist() == [1.0, 3.0]


def test_empty_cells_at_night_are_zero_where_the_map_says_so(tmp_path: Path) -> None:
    """A roof that produces from 06 to 18 h; one cell is empty at noon of the tenth day, all are empty at night."""
    hours = np.arange(20 * 24)
    pv = np.where((hours % 24 >= 6) & (hours % 24 < 18), 900.0, np.nan)
    pv[10 * 24 + 12] = np.nan
    path = tmp_path / "home.parquet"
    write_table(path, {"start_utc": instant("2024-07-01") + hours * np.timedelta64(3_600_000, "ms"), "pv_w": pv})
    frame = read_measurements(path, ColumnMap.parse({"pv": {"column": "pv_w", "empty": "night"}}))
    assert np.flatnonzero(np.isnan(frame.value[:, 0])).tolist() == [252]
    assert frame.quality[[0, 6, 252], 0].tolist() == [Quality.ESTIMATED, Quality.GOOD, Quality.MISSING]
    frame = read_measurements(path, ColumnMap.parse({"pv": {"column": "pv_w", "empty": "zero"}}))
    assert frame.value[252] == 0.0


def test_plant_that_is_off_for_weeks_makes_no_night() -> None:
    pv_w = np.tile(np.where(np.arange(24) == 12, 500.0, np.nan), 80)
    pv_w[20 * 24 : 60 * 24] = np.nan
    night = is_night(pv_w, 3600)
    assert night[:12].all()
    assert not night[12]
    assert not night[40 * 24 : 41 * 24].any()
    assert not is_night(pv_w, 7000).any()


# ---------------------------------------------------------------------------------------------------------------
# Mistakes


def test_all_mistakes_of_a_file_are_told_together(tmp_path: Path) -> None:
    head = 'start_utc,load_w,pv_w\n2024-07-01T00:00Z,"1,5",-500\n'
    text = head + "2024-07-01T00:15Z,inf,abc\n2024-07-01T00:15Z,3,4\nnoon,1,1\n"
    told = problems_of(written(tmp_path, text))
    for line in (
        "row 5, start_utc: 'noon' is no date and time; write a date and time such as",
        "row 2, load_w: '1,5' is not a number; write digits with a decimal point",
        "row 3, load_w: 'inf' is not a number",
        "row 3, pv_w: 'abc' is not a number",
    ):
        assert line in told, told


def test_production_below_zero_is_told(tmp_path: Path) -> None:
    told = problems_of(written(tmp_path, "start_utc,load_w,pv_w\n2024-07-01T00:00Z,1,-20.5\n2024-07-01T00:15Z,1,-19\n"))
    assert "row 2, pv_w: -20.5 is below zero by more than 20 W; write production as zero or above" in told
    assert "1 problem" in told


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            "00:15Z,1\n2024-07-01T00:00Z,2",
            "row 3, start_utc: '2024-07-01 00:00:00' (UTC) is earlier than the row above",
        ),
        ("00:00Z,1\n2024-07-01T00:00Z,2", "row 3, start_utc: '2024-07-01 00:00:00' (UTC) stands in an earlier row"),
        ("00:00Z,1\n2024-07-01T00:15,2", "row 3, start_utc: '2024-07-01T00:15' has no offset from UTC, others have"),
        ("00:00Z,1\n,2", "row 3, start_utc: '' is no date and time"),
        ("00:00Z,1", "one row tells no step; name it in a column map, 'step: 15 min'"),
        ("00:00Z,1\n2024-07-01T00:15Z,1\n2024-07-01T00:30Z,1\n2024-07-01T00:37Z,1", "lies off the 900 s grid"),
        ("00:00:00Z,1\n2024-07-01T00:00:00.5Z,1", "the step is 500 ms; use whole seconds"),
        ("00:00:00Z,1\n2024-07-01T00:00:01Z,1\n9024-07-01T00:00:02Z,1", "check the dates"),
        ("00:00Z,1,9\n2024-07-01T00:15Z,1", "line 2: Expected Number of Columns: 2 Found: 3; repair the line"),
        ("00:00Z,1\n2024-07-01T00:15Z", "line 3: Expected Number of Columns: 2 Found: 1"),
    ],
)
def test_rows_that_make_no_series_are_told(tmp_path: Path, rows: str, message: str) -> None:
    with pytest.raises(ProblemsFound) as found:
        read_measurements(written(tmp_path, f"start_utc,load_w\n2024-07-01T{rows}\n"), pv=None)
    assert message in str(found.value)


def test_stamp_that_the_clock_skips_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, "t,load_w\n2024-03-31 01:00,1\n2024-03-31 02:00,1\n2024-03-31 03:00,1\n")
    told = problems_of(path, ColumnMap.parse({"time": "t", "timezone": "Europe/Berlin", "load": "load_w"}))
    assert "row 3, t: '2024-03-31 02:00:00' is skipped by the clock in Europe/Berlin; name the zone" in told


def test_many_wrong_rows_are_counted_beyond_the_first(tmp_path: Path) -> None:
    rows = "".join(f"2024-07-01T{hour:02}:00Z,x\n" for hour in range(24))
    with pytest.raises(ProblemsFound) as found:
        read_measurements(written(tmp_path, f"start_utc,load_w\n{rows}"), pv=None)
    assert len(found.value.problems) == 6
    assert "column load_w: 19 more rows where the value is not a number" in str(found.value)


def test_missing_column_is_told_with_the_nearest(tmp_path: Path) -> None:
    told = problems_of(written(tmp_path, "start_utc,load_W,solar\n2024-07-01T00:00Z,1,1\n2024-07-01T00:15Z,1,1\n"))
    assert "there is no column 'load_w'; did you mean 'load_W'?" in told
    assert "there is no column 'pv_w'; the file has start_utc, load_W, solar" in told


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("home.xlsx", b"PK", ".xlsx is not a kind of file known here; use .csv or .parquet"),
        ("home", b"", "a name without ending is not a kind of file"),
        ("home.csv", b"", "the first line is empty; begin with the column names"),
        ("home.csv", b"\na,b\n", "the first line is empty"),
        ("home.csv", b"start_utc,load_w,pv_w\n", "there are no rows"),
        ("home.csv", "start_utc,load_w,größe\n".encode("latin-1"), "this is not UTF-8 text; save it as CSV, UTF-8"),
        ("home.csv", b"start_utc,load_w,pv_w\n2024-07-01T00:00Z,1,\xff\n", "home.csv"),
        ("home.csv", b"start_utc,load_w,load_w\n", "columns appear twice: 'load_w'"),
        ("home.parquet", b"no parquet at all", "home.parquet"),
    ],
)
def test_files_that_cannot_be_read_are_told_in_words(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert message in problems_of(path)


def test_absent_file_is_told(tmp_path: Path) -> None:
    assert "there is no such file" in problems_of(tmp_path / "home.csv")


def test_parquet_columns_of_the_wrong_type_are_told(tmp_path: Path) -> None:
    path = tmp_path / "home.parquet"
    write_table(path, {"start_utc": np.arange(3), "load_w": np.array([True, False, True]), "pv_w": np.arange(3)})
    told = problems_of(path)
    assert "column start_utc: holds bigint, not a date and time" in told
    assert "column load_w: holds boolean, not a number" in told


def test_measurements_of_nothing_are_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nothing to read"):
        read_measurements(written(tmp_path, GOOD), load=None, pv=None)


# ---------------------------------------------------------------------------------------------------------------
# Outlooks


OUTLOOK = """\
start_utc,load_w,pv_w,price_import_eur_per_kwh,price_export_eur_per_kwh
2024-07-01T00:00Z,500,0,0.3,0.08
2024-07-01T00:15Z,600,100,0.4,-0.01
"""


def test_outlook_holds_grid_power_and_prices(tmp_path: Path) -> None:
    outlook = read_outlook(written(tmp_path, OUTLOOK))
    assert (outlook.grid.step_s, outlook.grid.step_count) == (900, 2)
    assert outlook.load_w.tolist() == [500.0, 600.0]
    assert outlook.pv_w.tolist() == [0.0, -100.0]
    assert outlook.price_import_eur_per_kwh is not None
    assert outlook.price_import_eur_per_kwh.tolist() == [0.3, 0.4]
    assert outlook.price_export_eur_per_kwh is not None
    assert outlook.price_export_eur_per_kwh.tolist() == [0.08, -0.01]
    assert outlook.carbon_g_per_kwh is None


def test_an_event_asks_for_less_import_where_a_cell_is_filled(tmp_path: Path) -> None:
    head = "start_utc,load_w,pv_w,import_limit_w\n"
    rows = "2024-07-01T00:00Z,500,0,\n2024-07-01T00:15Z,600,100,4000\n"
    limit_w = read_outlook(written(tmp_path, head + rows)).import_limit_w
    assert limit_w is not None and limit_w.tolist() == [np.inf, 4000.0]
    with pytest.raises(ProblemsFound, match=r"row 3, import_limit_w: -1.* is below zero; write the most import"):
        read_outlook(written(tmp_path, head + rows.replace("4000", "-1")))


def test_outlook_has_no_holes(tmp_path: Path) -> None:
    text = OUTLOOK + "2024-07-01T01:00Z,,1,nan,0.1\n"
    with pytest.raises(ProblemsFound) as found:
        read_outlook(written(tmp_path, text))
    told = str(found.value)
    assert "row 4, load_w: nan is no number to plan with; write a number in every row" in told
    assert "row 4, price_import_eur_per_kwh: nan is no number" in told
    assert "2 steps are left out, the first at 2024-07-01T00:30:00.000 UTC" in told


# ---------------------------------------------------------------------------------------------------------------
# Prices


def test_prices_tell_when_they_were_public(tmp_path: Path) -> None:
    rows = "2024-07-01T00:00Z,80,2024-06-30T10:45Z\n2024-07-01T01:00Z,-5,2024-06-30T10:45Z\n"
    text = f"start_utc,price_eur_per_mwh,known_at_utc\n{rows}"
    prices = read_prices(written(tmp_path, text))
    assert prices.step_s == 3600
    assert prices.price_eur_per_kwh.tolist() == [0.08, -0.005]
    assert prices.known_at.tolist() == [instant("2024-06-30T10:45Z").item()] * 2


def test_day_ahead_prices_are_public_at_13_local_on_the_day_before(tmp_path: Path) -> None:
    starts = np.array(
        [instant(text, zone="Europe/Berlin") for text in ("2024-04-01 00:00", "2024-04-01 23:00", "2024-04-02 00:00")]
    )
    expected = [
        instant(text, zone="Europe/Berlin") for text in ("2024-03-31 13:00", "2024-03-31 13:00", "2024-04-01 13:00")
    ]
    assert public_day_ahead(starts, "Europe/Berlin").tolist() == np.array(expected).tolist()
    text = "start_local,price_eur_per_kwh\n2024-04-01 00:00,0.1\n2024-04-01 01:00,\n2024-04-01 02:00,0.2\n"
    prices = read_prices(written(tmp_path, text), zone="Europe/Berlin")
    assert prices.start_utc.tolist() == [instant("2024-03-31T22:00Z").item(), instant("2024-04-01T00:00Z").item()]
    assert prices.known_at.tolist() == [expected[0].item()] * 2


def test_repeated_hour_of_a_24_hour_clock_has_one_price(tmp_path: Path) -> None:
    text = "t,ct\n" + "".join(f"2024-10-27 {hour:02}:00,{hour}\n" for hour in range(24))
    prices = read_prices(
        written(tmp_path, text), zone="Europe/Berlin", clock="24h", time="t", price="ct", unit="ct/kWh"
    )
    assert prices.start_utc.size == 25
    assert np.unique(np.diff(prices.start_utc)).size == 1
    assert prices.price_eur_per_kwh[:5].tolist() == pytest.approx([0.0, 0.01, 0.02, 0.02, 0.03])


def test_price_file_without_prices_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, "start_utc,price_eur_per_kwh\n2024-07-01T00:00Z,\n2024-07-01T01:00Z,\n")
    with pytest.raises(ProblemsFound, match="holds no price"):
        read_prices(path)
    path = written(tmp_path, "start_utc,preis\n2024-07-01T00:00Z,1\n2024-07-01T01:00Z,1\n")
    with pytest.raises(ProblemsFound, match="no column 'price_eur_per_kwh'"):
        read_prices(path)


# ---------------------------------------------------------------------------------------------------------------
# Writing


def test_table_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound, match="ending is not known"):
        write_table(tmp_path / "x.xlsx", {"a": np.arange(3)})
    with pytest.raises(ProblemsFound, match="check folder, rights and space"):
        write_table(tmp_path / "nowhere" / "x.csv", {"a": np.arange(3)})
    with pytest.raises(ValueError, match="differ in shape"):
        write_table(tmp_path / "x.csv", {"a": np.arange(3), "b": np.arange(2)})
    assert list(tmp_path.iterdir()) == []


def test_csv_is_written_as_people_read_it(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    starts = np.array(["2024-07-01T00:00:00.000", "2024-07-01T00:15:00.000"], dtype="datetime64[ms]")
    columns = {"start_utc": starts, "w": np.array([0.1, np.nan]), "n": np.array([1, 2]), "ok": np.array([True, False])}
    write_table(path, columns)
    assert (
        path.read_text(encoding="utf-8")
        == "start_utc,w,n,ok\n2024-07-01T00:00:00Z,0.1,1,true\n2024-07-01T00:15:00Z,,2,false\n"
    )
    write_table(path, {"start_utc": starts + np.timedelta64(5, "ms")})
    assert "2024-07-01T00:00:00.005Z" in path.read_text(encoding="utf-8")
