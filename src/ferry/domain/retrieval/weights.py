"""What each signal is worth: data, fitted on the tuning half of the benchmark alone (docs/discovery.md)."""

from __future__ import annotations

FILES = {
    "text": 1.58, "prose": 2.41, "title": 2.01, "symbol": 1.58, "path": 1.62, "defined": 0.85, "named": 1.62, "tested": 0.6,
    "used": 1.48, "alike": 1.23, "language": 0.48,
}  # fmt: skip
REPOSITORIES = {
    "words": 1.43, "share": 3.76, "share of symbols": 1.13, "share of paths": 0.55, "about": 2.02,
    "name": 1.24, "defined": 0.68, "path": 1.52, "imported": 1.39,
}  # fmt: skip
CONSTANT = "constant"
RIGHT = {CONSTANT: -1.42, "gap": 1.264, "share": 1.384, "agreement": -0.033}
COMPLETE = {CONSTANT: 0.097, "top": 1.533, "fall": 1.556, "tail": -1.671}
