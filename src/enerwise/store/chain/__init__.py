"""Slot tokens on a chain: the contract, and how to speak to it over the JSON-RPC of a node.

`slot_tokens.vy` is the contract, `slot_tokens.json` what the compiler makes of it (`make contract`); a node needs the
extra `chain`, the compiler the extra `contract`. Escrow units are test units: nothing here is a payment.
"""
