"""A home in OCHRE behind a pipe: runs in an environment of its own, tells what a home can measure, and takes set values.

Told are measurements of the step before and, for a vehicle that is plugged in, when it will leave. Of weather, draws of
hot water and arrivals to come nothing is told. With ``built-in`` the thermostats of the simulator do everything.
"""

import datetime
import json
import os
import sys
import warnings
from pathlib import Path

STEP_S = 600
EVENT_DAY_RATIO = 0.7
"""Share of days on which the vehicle is plugged in."""
VEHICLE = {"vehicle_type": "BEV", "charging_level": "Level2", "range": 100, "event_day_ratio": EVENT_DAY_RATIO}


def home(start, days, seed):
    """Return the example home of BEopt in Denver: heat pump for heat and cold, resistance water heater, vehicle."""
    import numpy as np
    import ochre

    np.random.seed(seed)
    defaults = Path(ochre.__file__).parent / "defaults"
    return ochre.Dwelling(
        name="home",
        start_time=start,
        time_res=datetime.timedelta(seconds=STEP_S),
        duration=datetime.timedelta(days=days),
        initialization_time=datetime.timedelta(days=1),
        hpxml_file=str(defaults / "Input Files" / "BEopt_example.xml"),
        hpxml_schedule_file=str(defaults / "Input Files" / "BEopt_example_schedule.csv"),
        weather_file=str(defaults / "Weather" / "USA_CO_Denver.Intl.AP.725650_TMY3.epw"),
        save_results=False,
        verbosity=6,
        seed=seed,
        Equipment={"EV": VEHICLE},
    )


def seen(dwelling, told):
    """Return what is measured after a step."""
    vehicle, heater = dwelling.equipment["EV"], dwelling.equipment["Electric Resistance Water Heater"]
    left_s = (vehicle.event_end - dwelling.current_time).total_seconds() if vehicle.in_event else 0.0
    return {
        "total_kw": told["Total Electric Power (kW)"],
        "heating_kw": told["HVAC Heating Electric Power (kW)"],
        "cooling_kw": told["HVAC Cooling Electric Power (kW)"],
        "heat_w": told["HVAC Heating Delivered (W)"],
        "cold_w": told["HVAC Cooling Delivered (W)"],
        "indoor_degc": told["Temperature - Indoor (C)"],
        "outdoor_degc": told["Temperature - Outdoor (C)"],
        "sun_w": float(dwelling.envelope.current_schedule["Window Irradiance (W)"]),
        "low_degc": float(dwelling.equipment["ASHP Heater"].schedule["HVAC Heating Setpoint (C)"][told["Time"]]),
        "high_degc": float(dwelling.equipment["ASHP Cooler"].schedule["HVAC Cooling Setpoint (C)"][told["Time"]]),
        "water_kw": told["Water Heating Electric Power (kW)"],
        "water_top_degc": float(heater.model.states[0]),
        "water_bottom_degc": float(heater.model.states[-1]),
        "outlet_degc": told["Hot Water Outlet Temperature (C)"],
        "drawn_w": told["Hot Water Delivered (W)"],
        "unmet_water_kw": told["Hot Water Unmet Demand (kW)"],
        "vehicle_kw": told["EV Electric Power (kW)"],
        "vehicle_soc": float(vehicle.next_soc if vehicle.in_event else vehicle.soc),
        "vehicle_left_s": max(0.0, left_s),
        "vehicle_unmet_kwh": told["EV Unmet Load (kWh)"],
    }


def head(dwelling):
    """Return what stands on the plates."""
    vehicle, heater = dwelling.equipment["EV"], dwelling.equipment["Electric Resistance Water Heater"]
    return {
        "step_s": STEP_S,
        "steps": len(dwelling.sim_times),
        "water_l": float(heater.model.volume),
        "water_max_degc": float(heater.max_temp),
        "water_set_degc": float(heater.setpoint_temp),
        "water_band_k": float(heater.deadband_temp),
        "water_w": float(heater.capacity_rated),
        "vehicle_kwh": float(vehicle.capacity),
        "vehicle_w": float(vehicle.max_power * 1e3),
    }


def control(values):
    """Return set values in the words of the simulator; None leaves all to its own thermostats."""
    if values is None:
        return {}
    return {
        "ASHP Heater": {"Setpoint": values["heat_degc"], "Max ER Capacity Fraction": values["backup"]},
        "ASHP Cooler": {"Setpoint": values["cool_degc"]},
        "Electric Resistance Water Heater": {"Setpoint": values["water_degc"], "Load Fraction": values["heats_water"]},
        "EV": {"P Setpoint": values["vehicle_kw"]},
    }


def main():
    """Run one span; ends with the span."""
    pipe = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # What the simulator prints must not get between the lines.
    warnings.simplefilter("ignore")

    def tell(what):
        pipe.write(json.dumps(what) + "\n")
        pipe.flush()

    start, days, seed = datetime.datetime.fromisoformat(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    dwelling = home(start, days, seed)
    tell(head(dwelling))
    values = None
    for _ in dwelling.sim_times:
        tell(seen(dwelling, dwelling.update(control(values))))
        values = json.loads(sys.stdin.readline())


if __name__ == "__main__":
    main()
