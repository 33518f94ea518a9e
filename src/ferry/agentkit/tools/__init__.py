"""Tools that more than one agent has; paths are relative to the repository."""
