"""Durations such as ``1h 30m``."""

import re

UNITS = {"h": 3600, "m": 60, "s": 1}


def seconds(text: str) -> int:
    return sum(int(number) * UNITS[unit] for number, unit in re.findall(r"(\d+)([hms])", text))
