"""What stands between a permit and a wire, kind by kind: pure steps, ``step(facts, state, inputs, t_s)``.

The door loads these files: standard library and numpy only. A battery's word is checked (`bms`), what was told is
followed up (`following`), contacts are switched in their order (`relay`), and `pid` closes a loop where a device knows
no setpoint of its own, with gains that it may find itself (`pid_tuning`). What an inverter is told is slewed, written
and read back by `enerwise.door.unit`.
"""
