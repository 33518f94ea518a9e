"""The reliability plot: what was said against what was so. Drawn as SVG, made a PNG by a browser if one is there."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.discovery.calibration import Told, left_out
from bench.discovery.logistic import Bin, bins, error

SIDE, LEFT, TOP, APART, HEIGHT = 320, 60, 50, 420, 440
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def draw(told: Mapping[str, Sequence[Told]], png: str) -> None:
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        raise SystemExit(f"no plot: it needs one of {', '.join(BROWSERS)} on the PATH")
    panels = [
        _panel(place, name, bins(left_out(each), [one.so for one in each]))
        for place, (name, each) in enumerate(told.items())
    ]
    width = APART * len(panels)
    with TemporaryDirectory() as folder:
        svg = Path(folder) / "plot.svg"
        head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{HEIGHT}" font-family="sans-serif">'
        svg.write_text("\n".join([head, '<rect width="100%" height="100%" fill="white"/>', *panels, "</svg>"]))
        options = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            f"--window-size={width},{HEIGHT}",
        ]
        command = [browser, *options, f"--screenshot={Path(png).resolve()}", svg.as_uri()]
        subprocess.run(command, check=True, capture_output=True)


def _panel(place: int, name: str, found: Sequence[Bin]) -> str:
    """A circle's area is its number of tickets; on the diagonal what was said is so."""
    left = LEFT + place * APART
    most = max(one.count for one in found)
    parts = [
        f'<text x="{left}" y="28" font-size="15">probability that the {name}</text>',
        f'<rect x="{left}" y="{TOP}" width="{SIDE}" height="{SIDE}" fill="none" stroke="#999"/>',
        f'<line x1="{left}" y1="{TOP + SIDE}" x2="{left + SIDE}" y2="{TOP}" stroke="#999" stroke-dasharray="4"/>',
        f'<text x="{left + 12}" y="{TOP + 22}" font-size="13">expected calibration error {error(found):.3f}</text>',
        f'<text x="{left + SIDE / 2}" y="{TOP + SIDE + 42}" font-size="13" text-anchor="middle">said</text>',
        f'<text x="{left - 34}" y="{TOP + SIDE / 4}" font-size="13">was</text>',
    ]
    for tick in (0.0, 0.5, 1.0):
        x, y = left + tick * SIDE, TOP + SIDE - tick * SIDE
        parts.append(f'<text x="{x}" y="{TOP + SIDE + 18}" font-size="12" text-anchor="middle">{tick}</text>')
        parts.append(f'<text x="{left - 6}" y="{y + 4}" font-size="12" text-anchor="end">{tick}</text>')
    for one in found:
        x, y, radius = left + one.said * SIDE, TOP + SIDE - one.was * SIDE, 3 + 13 * (one.count / most) ** 0.5
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="#1f6feb" fill-opacity="0.55"/>')
        parts.append(f'<text x="{x:.1f}" y="{y + 4:.1f}" font-size="10" text-anchor="middle">{one.count}</text>')
    return "\n".join(parts)
