"""Devices as their makers describe them: what each register holds as a plain number, and what that means in the house.

The numbers are made up, the layout is not: `make_recordings.py` lets pymodbus and pysunspec2 turn them into words. No
device was at hand to record from; a real recording beside these is worth more than all of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import nan
from typing import Literal

Row = tuple[int, str, float]
"""Address, pymodbus type, number; or SunSpec model, point, number as the device counts."""


@dataclass(frozen=True, slots=True)
class Order:
    """A setpoint: how far it goes, one value, and the messages it becomes."""

    role: str
    limits: tuple[float, float]
    value: float
    writes: Sequence[Sequence[Row]]


@dataclass(frozen=True, slots=True)
class Plain:
    """A device with numbered registers."""

    table: str
    rows: Sequence[Row]
    expect: Mapping[str, float]
    orders: Sequence[Order] = ()
    word_order: Literal["big", "little"] = "big"


@dataclass(frozen=True, slots=True)
class Modelled:
    """A device with SunSpec models, in this order."""

    models: Mapping[int, Mapping[str, object]]
    expect: Mapping[str, float]
    orders: Sequence[Order] = ()
    base: int = 40000


INVERTER = {
    "A": 87, "AphA": 29, "AphB": 29, "AphC": 29, "A_SF": -1,
    "PhVphA": 2301, "PhVphB": 2312, "PhVphC": 2298, "V_SF": -1,
    "W": 3210, "W_SF": 0, "Hz": 5002, "Hz_SF": -2, "WH": 1234567, "WH_SF": 1,
    "TmpCab": 415, "Tmp_SF": -1, "St": 4, "Evt1": 0,
}  # fmt: skip
STORAGE = {
    "WChaMax": 8000, "WChaMax_SF": 0, "ChaState": 6350, "ChaState_SF": -2, "InBatV": 4023, "InBatV_SF": -1,
    "ChaSt": 4, "OutWRte": 10000, "InWRte": 10000, "InOutWRte_SF": -2, "InOutWRte_RvrtTms": 0, "StorCtl_Mod": 0,
    "ChaGriSet": 0,
}  # fmt: skip
CONTROLS = {"WMaxLimPct": 10000, "WMaxLimPct_SF": -2, "WMaxLimPct_RvrtTms": 0, "WMaxLim_Ena": 0}
SETTINGS = {"WMax": 1000, "WMax_SF": 1}


DEVICES: Mapping[str, Plain | Modelled] = {
    "eastron_sdm630": Plain(
        table="input",
        rows=[
            (0, "FLOAT32", 230.25), (2, "FLOAT32", 231.5), (4, "FLOAT32", 229.75), (52, "FLOAT32", -1523.5),
            (60, "FLOAT32", 120.25), (70, "FLOAT32", 50.0), (72, "FLOAT32", 4321.5), (74, "FLOAT32", 987.25),
        ],
        expect={
            "meter.power_w": -1523.5, "meter.reactive_power_var": 120.25, "meter.frequency_hz": 50.0,
            "meter.voltage_l1_v": 230.25, "meter.voltage_l2_v": 231.5, "meter.voltage_l3_v": 229.75,
            "meter.imported_wh": 4_321_500.0, "meter.exported_wh": 987_250.0,
        },
    ),
    "carlo_gavazzi_em340": Plain(
        table="input",
        word_order="little",
        rows=[
            (0x00, "INT32", 2301), (0x02, "INT32", 2310), (0x04, "INT32", 2295), (0x28, "INT32", -15235),
            (0x2C, "INT32", 1202), (0x33, "INT16", 500), (0x34, "INT32", 43215), (0x4E, "INT32", 9872),
        ],
        expect={
            "meter.power_w": -1523.5, "meter.reactive_power_var": 120.2, "meter.frequency_hz": 50.0,
            "meter.voltage_l1_v": 230.1, "meter.voltage_l2_v": 231.0, "meter.voltage_l3_v": 229.5,
            "meter.imported_wh": 4_321_500.0, "meter.exported_wh": 987_200.0,
        },
    ),
    "carlo_gavazzi_em24": Plain(
        table="input",
        word_order="little",
        rows=[
            (0x00, "INT32", 2301), (0x02, "INT32", 2310), (0x04, "INT32", 0x7FFF0000), (0x28, "INT32", 73456),
            (0x37, "INT16", 499), (0x42, "INT32", 43215), (0x5C, "INT32", 9872),
        ],
        expect={
            "meter.power_w": 7345.6, "meter.frequency_hz": 49.9, "meter.voltage_l1_v": 230.1,
            "meter.voltage_l2_v": 231.0, "meter.voltage_l3_v": nan, "meter.imported_wh": 4_321_500.0,
            "meter.exported_wh": 987_200.0,
        },
    ),
    "generic_hybrid": Plain(
        table="input",
        rows=[
            (0, "INT32", -2500), (2, "UINT32", 6234), (4, "UINT16", 6234), (5, "UINT16", 9850), (6, "INT16", 243),
            (7, "INT16", -21), (8, "INT16", 255), (9, "UINT16", 3281), (10, "UINT16", 3305), (11, "UINT16", 4021),
            (12, "INT16", -62), (13, "UINT16", 250), (14, "UINT16", 300), (15, "UINT16", 4019), (16, "UINT16", 1),
            (17, "UINT16", 0xFFFF), (18, "UINT16", 2), (19, "UINT32", 0x10001), (30, "INT32", 4100),
            (32, "INT32", 4800), (34, "UINT16", 1), (40, "INT32", -1130), (42, "UINT16", 49987), (43, "UINT16", 2301),
            (44, "UINT16", 2299), (45, "UINT16", 2305), (46, "INT32", -150), (48, "UINT32", 123456),
            (50, "UINT32", 98765),
        ],
        expect={
            "battery.power_w": -2500.0, "battery.energy_wh": 6234.0, "battery.soc_ratio": 0.6234,
            "battery.soh_ratio": 0.985, "battery.temperature_degc": 24.3, "battery.cell_temperature_min_degc": -2.1,
            "battery.cell_temperature_max_degc": 25.5, "battery.cell_voltage_min_v": 3.281,
            "battery.cell_voltage_max_v": 3.305, "battery.pack_voltage_v": 402.1, "battery.current_a": -6.2,
            "battery.charge_current_limit_a": 25.0, "battery.discharge_current_limit_a": 30.0,
            "battery.bus_voltage_v": 401.9, "battery.is_closed": 1.0, "battery.insulation_ohm": nan,
            "battery.state_code": 2.0, "battery.alarm_code": 65537.0, "pv.power_w": -4100.0,
            "pv.available_power_w": -4800.0, "pv.state_code": 1.0, "meter.power_w": -1130.0,
            "meter.frequency_hz": 49.987, "meter.voltage_l1_v": 230.1, "meter.voltage_l2_v": 229.9,
            "meter.voltage_l3_v": 230.5, "meter.reactive_power_var": -150.0, "meter.imported_wh": 123456.0,
            "meter.exported_wh": 98765.0,
        },
        orders=[
            Order("battery", (-5000.0, 5000.0), -1234.9, [[(100, "INT32", -1234)]]),
            Order("pv", (-10000.0, 0.0), -4000.5, [[(102, "UINT32", 4000)]]),
        ],
    ),
    "generic_bms": Plain(
        table="input",
        rows=[
            (0, "UINT16", 6234), (1, "UINT16", 9850), (2, "UINT16", 4021), (3, "UINT16", 4019), (4, "INT16", -62),
            (5, "UINT16", 250), (6, "UINT16", 300), (7, "UINT16", 3281), (8, "UINT16", 3305), (9, "INT16", -21),
            (10, "INT16", 255), (11, "UINT16", 1200), (12, "UINT16", 1234), (13, "UINT16", 1), (14, "UINT16", 1),
            (15, "UINT16", 0), (16, "UINT16", 2), (17, "UINT32", 0),
        ],
        expect={
            "battery.soc_ratio": 0.6234, "battery.soh_ratio": 0.985, "battery.pack_voltage_v": 402.1,
            "battery.bus_voltage_v": 401.9, "battery.current_a": -6.2, "battery.charge_current_limit_a": 25.0,
            "battery.discharge_current_limit_a": 30.0, "battery.cell_voltage_min_v": 3.281,
            "battery.cell_voltage_max_v": 3.305, "battery.cell_temperature_min_degc": -2.1,
            "battery.cell_temperature_max_degc": 25.5, "battery.insulation_ohm": 1_200_000.0,
            "battery.cycles_count": 123.4, "contactor_plus.is_closed": 1.0, "contactor_minus.is_closed": 1.0,
            "contactor_precharge.is_closed": 0.0, "battery.state_code": 2.0, "battery.alarm_code": 0.0,
        },
    ),
    "sma_storage": Plain(
        table="holding",
        rows=[
            (30201, "UINT32", 307), (30775, "INT32", 1480), (30783, "UINT32", 23012), (30803, "UINT32", 5001),
            (30843, "INT32", 4125), (30845, "UINT32", 57), (30849, "INT32", 281), (30851, "UINT32", 36540),
        ],
        expect={
            "battery.power_w": -1480.0, "battery.frequency_hz": 50.01, "battery.voltage_l1_v": 230.12,
            "battery.current_a": -4.125, "battery.soc_ratio": 0.57, "battery.temperature_degc": 28.1,
            "battery.pack_voltage_v": 365.4, "battery.state_code": 307.0,
        },
        orders=[
            Order("battery", (-5000.0, 5000.0), 2500.7, [[(40151, "UINT32", 802)], [(40149, "INT32", -2500)]]),
        ],
    ),
    "huawei_sun2000": Plain(
        table="holding",
        rows=[
            (32064, "INT32", 5120), (32080, "INT32", 3020), (32087, "INT16", 453), (32089, "UINT16", 512),
            (37022, "INT16", 0x7FFF), (37101, "INT32", 2301), (37103, "INT32", 2315), (37105, "INT32", 2290),
            (37113, "INT32", 812), (37115, "INT32", -55), (37117, "INT16", 5002), (37119, "INT32", 98765),
            (37121, "INT32", 123456), (37760, "UINT16", 634), (37762, "UINT16", 2), (37763, "UINT16", 7012),
            (37764, "INT16", 29), (37765, "INT32", 2050),
        ],
        expect={
            "pv.power_w": -5120.0, "inverter.power_w": -3020.0, "inverter.temperature_degc": 45.3,
            "inverter.state_code": 512.0, "battery.power_w": 2050.0, "battery.soc_ratio": 0.634,
            "battery.bus_voltage_v": 701.2, "battery.current_a": 2.9, "battery.temperature_degc": nan,
            "battery.state_code": 2.0, "meter.power_w": -812.0, "meter.reactive_power_var": 55.0,
            "meter.frequency_hz": 50.02, "meter.voltage_l1_v": 230.1, "meter.voltage_l2_v": 231.5,
            "meter.voltage_l3_v": 229.0, "meter.exported_wh": 987_650.0, "meter.imported_wh": 1_234_560.0,
        },
        orders=[
            Order(
                "battery", (-5000.0, 5000.0), -1800.0,
                [[(47246, "UINT16", 0)], [(47249, "UINT32", 1800)], [(47100, "UINT16", 2)]],
            ),
            Order("pv", (-10000.0, 0.0), -6000.0, [[(40126, "UINT32", 6000)]]),
        ],
    ),
    "victron_vebus": Plain(
        table="holding",
        rows=[
            (3, "UINT16", 2301), (9, "INT16", 5003), (12, "INT16", -143), (26, "UINT16", 5214), (27, "INT16", -281),
            (30, "UINT16", 723), (31, "UINT16", 9), (32, "UINT16", 0),
        ],
        expect={
            "battery.power_w": -1430.0, "battery.voltage_l1_v": 230.1, "battery.frequency_hz": 50.03,
            "battery.pack_voltage_v": 52.14, "battery.current_a": -28.1, "battery.soc_ratio": 0.723,
            "battery.state_code": 9.0, "battery.alarm_code": 0.0,
        },
        orders=[Order("battery", (-4000.0, 4000.0), -1500.0, [[(37, "INT16", -1500)]])],
    ),
    "victron_vebus_3p": Plain(
        table="holding",
        rows=[
            (3, "UINT16", 2301), (4, "UINT16", 2312), (5, "UINT16", 2296), (9, "INT16", 5003), (12, "INT16", -143),
            (13, "INT16", -151), (14, "INT16", -140), (26, "UINT16", 5214), (27, "INT16", -843), (30, "UINT16", 723),
            (31, "UINT16", 9), (32, "UINT16", 0),
        ],
        expect={
            "battery.power_w": -4340.0, "battery.voltage_l1_v": 230.1, "battery.voltage_l2_v": 231.2,
            "battery.voltage_l3_v": 229.6, "battery.frequency_hz": 50.03, "battery.pack_voltage_v": 52.14,
            "battery.current_a": -84.3, "battery.soc_ratio": 0.723, "battery.state_code": 9.0,
            "battery.alarm_code": 0.0,
        },
        orders=[
            Order(
                "battery", (-12000.0, 12000.0), 4001.0,
                [[(37, "INT16", 1333)], [(40, "INT16", 1333)], [(41, "INT16", 1333)]],
            ),
        ],
    ),
    "victron_system": Plain(
        table="holding",
        rows=[
            (808, "UINT16", 0xFFFF), (809, "UINT16", 0xFFFF), (810, "UINT16", 0xFFFF), (811, "UINT16", 1410),
            (812, "UINT16", 1395), (813, "UINT16", 0xFFFF), (820, "INT16", 420), (821, "INT16", -1210),
            (822, "INT16", 0x7FFF), (840, "UINT16", 521), (841, "INT16", 305), (842, "INT16", 1589),
            (843, "UINT16", 72), (844, "UINT16", 1), (850, "UINT16", 812),
        ],
        expect={
            "meter.power_w": -790.0, "pv.power_w": -3617.0, "battery.pack_voltage_v": 52.1,
            "battery.current_a": 30.5, "battery.power_w": 1589.0, "battery.soc_ratio": 0.72,
            "battery.state_code": 1.0,
        },
    ),
    "sunspec_inverter": Modelled(
        models={1: {}, 103: INVERTER, 120: {}, 121: SETTINGS, 122: {"WAval": 390, "WAval_SF": 1}, 123: CONTROLS},
        expect={
            "pv.power_w": -3210.0, "pv.available_power_w": -3900.0, "pv.frequency_hz": 50.02,
            "pv.voltage_l1_v": 230.1, "pv.voltage_l2_v": 231.2, "pv.voltage_l3_v": 229.8,
            "pv.temperature_degc": 41.5, "pv.exported_wh": 12_345_670.0, "pv.state_code": 4.0, "pv.alarm_code": 0.0,
        },
        orders=[
            Order("pv", (-10000.0, 0.0), -3333.3, [[(123, "WMaxLimPct", 3333)], [(123, "WMaxLim_Ena", 1)]]),
        ],
    ),
    "sunspec_storage": Modelled(
        base=50000,
        models={1: {}, 101: {**INVERTER, "PhVphB": None, "PhVphC": None}, 124: STORAGE},
        expect={
            "battery.power_w": -3210.0, "battery.soc_ratio": 0.635, "battery.pack_voltage_v": 402.3,
            "battery.state_code": 4.0, "battery.alarm_code": 0.0,
        },
        orders=[
            Order(
                "battery", (-8000.0, 8000.0), -2000.0,
                [[(124, "OutWRte", 2500), (124, "InWRte", -2500)], [(124, "StorCtl_Mod", 3)]],
            ),
        ],
    ),
    "sunspec_7xx": Modelled(
        models={
            1: {},
            701: {
                "InvSt": 3, "Alrm": 0, "W": -152, "W_SF": 1, "Var": 12, "Var_SF": 1, "LNV": 2304, "V_SF": -1,
                "Hz": 49985, "Hz_SF": -3, "TotWhInj": 987_654, "TotWhAbs": 1_234_567, "TotWh_SF": 0, "TmpCab": 352,
                "Tmp_SF": -1,
            },
            704: {"WSetEna": 0, "WSetMod": 0, "WSet": 0, "WSet_SF": 0, "WSetRvrtTms": 0},
            713: {"WHRtg": 1000, "WHAvail": 634, "WH_SF": 1, "SoC": 641, "SoH": 989, "Pct_SF": -1},
            714: {"NPrt": 0, "DCA": -381, "DCA_SF": -2},
        },
        expect={
            "battery.power_w": 1520.0, "battery.reactive_power_var": -120.0, "battery.frequency_hz": 49.985,
            "battery.voltage_v": 230.4, "battery.temperature_degc": 35.2, "battery.imported_wh": 1_234_567.0,
            "battery.exported_wh": 987_654.0, "battery.state_code": 3.0, "battery.alarm_code": 0.0,
            "battery.energy_wh": 6340.0, "battery.soc_ratio": 0.641, "battery.soh_ratio": 0.989,
            "battery.current_a": 3.81,
        },
        orders=[
            Order(
                "battery", (-5000.0, 5000.0), 3000.0,
                [[(704, "WSetMod", 1), (704, "WSet", -3000)], [(704, "WSetEna", 1)]],
            ),
        ],
    ),
    "sunspec_meter": Modelled(
        base=0,
        models={
            1: {},
            203: {
                "W": -523, "W_SF": 1, "VAR": 41, "VAR_SF": 0, "Hz": 5001, "Hz_SF": -2, "PhVphA": 2301,
                "PhVphB": 2312, "PhVphC": 2298, "V_SF": -1, "TotWhImp": 432_150, "TotWhExp": 0, "TotWh_SF": 1,
            },
        },
        expect={
            "meter.power_w": -5230.0, "meter.reactive_power_var": 41.0, "meter.frequency_hz": 50.01,
            "meter.voltage_l1_v": 230.1, "meter.voltage_l2_v": 231.2, "meter.voltage_l3_v": 229.8,
            "meter.imported_wh": 4_321_500.0, "meter.exported_wh": nan,
        },
    ),
    "sunspec_bms": Modelled(
        models={
            1: {},
            802: {
                "WHRtg": 102, "WHRtg_SF": 2, "SoC": 640, "SoC_SF": -1, "SoH": 985, "SoH_SF": -1, "NCyc": 321,
                "State": 3, "Evt1": 0, "V": 4021, "V_SF": -1, "CellVMax": 3305, "CellVMin": 3281, "CellV_SF": -3,
                "A": -62, "A_SF": -1, "AChaMax": 250, "ADisChaMax": 300, "AMax_SF": -1, "W": -249, "W_SF": 1,
            },
            803: {"NStr": 0, "ModTmpMax": 255, "ModTmpMin": -21, "ModTmp_SF": -1},
        },
        expect={
            "battery.power_w": -2490.0, "battery.current_a": -6.2, "battery.soc_ratio": 0.64,
            "battery.soh_ratio": 0.985, "battery.energy_wh": 6528.0, "battery.cycles_count": 321.0,
            "battery.pack_voltage_v": 402.1, "battery.cell_voltage_min_v": 3.281, "battery.cell_voltage_max_v": 3.305,
            "battery.charge_current_limit_a": 25.0, "battery.discharge_current_limit_a": 30.0,
            "battery.state_code": 3.0, "battery.alarm_code": 0.0, "battery.cell_temperature_min_degc": -2.1,
            "battery.cell_temperature_max_degc": 25.5,
        },
    ),
    "fronius_gen24": Modelled(
        models={
            1: {}, 103: INVERTER, 120: {}, 121: SETTINGS, 122: {}, 123: CONTROLS,
            160: {
                "N": 4, "DCW_SF": 0, "DCA_SF": -2, "DCV_SF": -1, "DCWH_SF": 0,
                "module": [{"DCW": 2510}, {"DCW": 1890}, {"DCW": 1120}, {"DCW": 0}],
            },
            124: STORAGE,
        },
        expect={
            "pv.power_w": -4400.0, "battery.power_w": 1120.0, "battery.soc_ratio": 0.635, "battery.state_code": 4.0,
            "inverter.power_w": -3210.0, "inverter.frequency_hz": 50.02, "inverter.state_code": 4.0,
            "inverter.alarm_code": 0.0,
        },
        orders=[
            Order(
                "battery", (-8000.0, 8000.0), 2000.0,
                [
                    [(124, "ChaGriSet", 1)],
                    [(124, "OutWRte", -2500), (124, "InWRte", 2500)],
                    [(124, "StorCtl_Mod", 3)],
                ],
            ),
            Order("pv", (-10000.0, 0.0), -7000.0, [[(123, "WMaxLimPct", 7000)], [(123, "WMaxLim_Ena", 1)]]),
        ],
    ),
}  # fmt: skip
