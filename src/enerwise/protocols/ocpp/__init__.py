"""OCPP 1.6 and 2.0.1 as maps between what chargers say and the house's words: pure functions, no socket, no schema.

Payloads are the JSON of the wire, already checked against the schemas of the standard by whoever carries them. Source:
Open Charge Alliance, OCPP 1.6 edition 2 and OCPP 2.0.1 edition 2.
"""
