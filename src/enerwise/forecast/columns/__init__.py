"""Forecasters of a series with known columns, one a file; registered as ``enerwise.column_forecasters``."""
