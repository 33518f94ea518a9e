"""The catalog: what we sell, how it is found, how much of it is there."""
