"""What is traded: books and clearings as columns of integers, one file per way of clearing, and the ledger.

Energy in whole watt-hours, prices in whole micro-euro per kWh, money in whole micro-euro: what is sold equals what is
bought and lost, and what is paid equals what is received, exactly. Nothing here waits, stores or asks the time.
"""
