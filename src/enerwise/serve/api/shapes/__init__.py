"""What the API takes and gives, as Pydantic models: snake_case, units as suffixes, positive is taken."""
