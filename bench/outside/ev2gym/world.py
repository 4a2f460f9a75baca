"""EV2Gym behind a pipe: runs in an environment of its own, tells what is seen, and takes the action of each step.

What is told is what the scenario's own state function shows, in units and by name, beside what a vehicle says of itself
when it is plugged in (V2GProfitMax: capacity, powers, what it wants to leave with). Of vehicles to come, of prices
beyond the window, and of later setpoints nothing is told.
"""

import json
import os
import sys
import warnings
from pathlib import Path

WINDOW = 20
"""Steps for which prices are shown, as in the state of V2GProfitMax."""
BEHIND, LONGER = 3, 3.5
"""The simulator draws how long vehicles stay from its table by a clock so many steps behind that of the state, and
makes each stay so many steps longer on the mean."""


def profit_state(env, vehicle):
    """Return what a plugged-in vehicle tells in V2GProfitMax."""
    table = vehicle.charge_efficiency
    return {
        "steps_left": int(vehicle.time_of_departure - env.current_step),
        "energy_kwh": float(vehicle.current_capacity),
        "capacity_kwh": float(vehicle.battery_capacity),
        "wanted_kwh": float(vehicle.desired_capacity),
        "floor_kwh": float(vehicle.min_battery_capacity),
        "charge_kw": float(vehicle.max_ac_charge_power),
        "discharge_kw": float(abs(vehicle.max_discharge_power)),
        "best_ratio": max(table.values()) / 100 if isinstance(table, dict) else float(table),
    }


def setpoint_state(env, vehicle):
    """Return what is seen of a plugged-in vehicle in PublicPST: neither its level nor when it leaves."""
    return {
        "is_full": bool(vehicle.get_soc() == 1),
        "taken_kwh": float(vehicle.total_energy_exchanged),
        "steps_here": int(env.current_step - vehicle.time_of_arrival),
    }


def seen(env, scenario):
    """Return what is seen at the start of a step."""
    now, tell = env.current_step, profit_state if scenario == "V2GProfitMax" else setpoint_state
    told = {"step": now, "power_kw": float(env.current_power_usage[now - 1]) if now else 0.0}
    if scenario == "V2GProfitMax":
        told["eur_per_kwh"] = [float(-each) for each in env.charge_prices[0, now : now + WINDOW]]
    else:
        told["setpoint_kw"] = float(env.power_setpoints[now])
    ports = [vehicle for point in env.charging_stations for vehicle in point.evs_connected]
    return told | {"vehicles": [None if each is None else tell(env, each) for each in ports]}


def head(env):
    """Return the plant, and what is known of such sites: the mean stay by the step of arrival."""
    points = env.charging_stations
    return {
        "stay_steps": stays(env),
        "steps": env.simulation_length,
        "step_s": env.timescale * 60,
        "point_kw": [float(each.get_max_power()) for each in points],
        "point_gives_kw": [float(abs(each.get_min_power())) for each in points],
        "transformer": [int(each.connected_transformer) for each in points],
        "transformer_kw": [float(each.max_power[0]) for each in env.transformers],
    }


def stays(env):
    """Return the mean number of steps in which a vehicle that comes in a step can be charged."""
    table = env.df_time_of_stay_vs_arrival.set_index("Arrival Time")[env.scenario]
    start_min = env.config["hour"] * 60 + env.config["minute"]
    minutes = [start_min + (step - BEHIND) * env.timescale for step in range(env.simulation_length)]
    hours = [float(table[f"{each // 60 % 24:02d}:{each // 30 % 2 * 30:02d}"]) for each in minutes]
    return [each * 60 / env.timescale + LONGER for each in hours]


def main():
    """Run one scenario with one seed; the last line is the simulator's own statistics."""
    pipe = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # What libraries print must not get between the lines.
    warnings.simplefilter("ignore")
    import ev2gym
    import numpy as np
    from ev2gym.models.ev2gym_env import EV2Gym
    from ev2gym.rl_agent.state import PublicPST, V2G_profit_max

    def tell(what):
        pipe.write(json.dumps(what) + "\n")
        pipe.flush()

    scenario, seed = sys.argv[1], int(sys.argv[2])
    os.chdir(Path(ev2gym.__file__).parents[1])  # The scenarios name their data from there.
    env = EV2Gym(
        config_file=f"ev2gym/example_config_files/{scenario}.yaml",
        seed=seed,
        state_function=V2G_profit_max if scenario == "V2GProfitMax" else PublicPST,
        lightweight_plots=True,
    )
    tell(head(env))
    done = False
    while not done:
        tell({"seen": seen(env, scenario)})
        _, _, done, _, statistics = env.step(np.array(json.loads(sys.stdin.readline())))
    kept = ("total_profits", "average_user_satisfaction", "total_transformer_overload", "tracking_error")
    more = ("total_ev_served", "total_energy_charged", "total_energy_discharged")
    tell({name: float(statistics[name]) for name in (*kept, *more)})


if __name__ == "__main__":
    main()
