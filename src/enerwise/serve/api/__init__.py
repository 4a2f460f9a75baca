"""The API under ``/api/v1``: one file in `routes` for each resource, one in `shapes` for what it says."""
