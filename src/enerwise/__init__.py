"""Enerwise: an open energy management system that plans, acts safely and says why."""

__version__ = "0.1.0"
