"""How bytes become messages and registers become numbers: pure functions, no socket anywhere."""
