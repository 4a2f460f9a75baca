"""The wholesale side: bids of a price-taker into a day-ahead auction, and what they come to at published prices.

A portfolio of batteries and PV is too small to move the price, so what it decides is how much at which price: a curve
for each slot, from a stochastic linear programme over price scenarios, with a limit to the risk of bad days.
"""
