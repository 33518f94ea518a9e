"""Tax rates, in tenths of a percent."""

GERMANY = 190
