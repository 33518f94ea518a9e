"""What each signal is worth: data, fitted by `python -m bench.discovery.fit` on the tuning half and nowhere else."""

from __future__ import annotations

FILES = {
    "text": 2.2, "focus": 1.33, "title": 1.58, "symbol": 0.34, "title symbol": 1.52, "path": 1.44, "defined": 0.51,
    "named": 1.44, "frame": 0.09, "tested": 0.73, "used": 1.07, "alike": 0.74, "language": 0.58,
}  # fmt: skip
REPOSITORIES = {
    "words": 1.5, "path words": 2.5, "share": 3.5, "share of symbols": 1.0, "share of paths": 0.5, "about": 2.0,
    "name": 1.5, "defined": 0.8, "path": 1.7, "imported": 1.0,
}  # fmt: skip
CONSTANT = "constant"
RIGHT = {CONSTANT: 0.0, "gap": 1.0, "share": 1.0, "agreement": 1.0}
COMPLETE = {CONSTANT: 0.0, "top": 1.0, "fall": 1.0, "tail": -1.0}
