"""What was thought and what was measured, as people look at it: plans, forecasts, savings. Pure of any web."""
