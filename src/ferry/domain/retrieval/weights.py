"""What each signal is worth: data, written by `python -m bench.discovery.fit` (docs/discovery.md)."""

# ruff: noqa: E501

from __future__ import annotations

FILES = {"text": 1.59, "prose": 2.41, "title": 2.01, "symbol": 1.58, "path": 1.62, "defined": 0.85, "named": 1.62, "tested": 0.6, "used": 1.48, "alike": 1.23, "language": 0.48}  # fmt: skip
REPOSITORIES = {"words": 1.86, "share": 3.31, "share of symbols": 1.13, "share of paths": 2.08, "about": 2.54, "name": 1.77, "defined": 0.53, "path": 1.64, "imported": 1.49}  # fmt: skip
CONSTANT = "constant"
RIGHT = {"constant": -1.02, "gap": 1.232, "share": 0.585}  # fmt: skip
COMPLETE = {"constant": -1.769, "top": 2.446, "fall": 1.941}  # fmt: skip
