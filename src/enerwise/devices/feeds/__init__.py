"""Feeds: devices one can only read. They tell of weather and prices, most of it before it happens."""
