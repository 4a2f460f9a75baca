"""Devices identified from what was measured of them: one file for each way, all with one contract (`identifier`)."""
