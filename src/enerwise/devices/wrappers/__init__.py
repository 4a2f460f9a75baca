"""What stands between a permit and a wire, kind by kind: pure steps, ``step(facts, state, inputs, t_s)``.

The door loads these files: standard library and numpy only. A battery's word is checked (`bms`), a setpoint is checked,
slewed and followed up (`inverter`), contacts are switched in their order (`relay`), and `pid` closes a loop where a
device knows no setpoint of its own.
"""
