"""What each signal is worth: data, fitted on the tuning half of the benchmark alone (docs/discovery.md)."""

from __future__ import annotations

FILES = {
    "text": 2.2, "focus": 1.33, "title": 1.58, "symbol": 0.34, "title symbol": 1.52, "path": 1.44, "defined": 0.51,
    "named": 1.44, "frame": 0.09, "tested": 0.73, "used": 1.07, "alike": 0.74, "language": 0.58,
}  # fmt: skip
REPOSITORIES = {
    "words": 1.43, "path words": 2.5, "share": 3.76, "share of symbols": 1.13, "share of paths": 0.55, "about": 2.02,
    "name": 1.24, "defined": 0.68, "path": 1.52, "imported": 1.39,
}  # fmt: skip
CONSTANT = "constant"
RIGHT = {CONSTANT: -1.42, "gap": 1.264, "share": 1.384, "agreement": -0.033}
COMPLETE = {CONSTANT: 0.097, "top": 1.533, "fall": 1.556, "tail": -1.671}
