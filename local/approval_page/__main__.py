"""`python -m local.approval_page [--pictures]`: bring docs/approval.md up to date; pictures need Chromium."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import requests
from slack_sdk import WebClient

from local.approval_page.png import shrink
from local.approval_page.scenes import Scene, scenes
from local.approval_page.text import message, modal
from local.checkout import ROOT
from local.server import serve
from local.standins.base import StandInSettings
from local.standins.slack import create

PAGE, PICTURES = ROOT / "docs" / "approval.md", ROOT / "docs" / "images"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
TOKEN, PIXELS_WIDE, PIXELS_HIGH = "xoxb-pictures", 780, 2200  # noqa: S105 - of a stand-in that lives for a moment


def rendered(page: str) -> str:
    """`page` with each message between its markers as the code makes it now."""
    for scene in scenes():
        text = modal(scene.form) if scene.form else message(scene.message[1] if scene.message else [])
        begin, end = f"<!-- begin {scene.name} -->", f"<!-- end {scene.name} -->"
        fresh = f"{begin}\n````text\n{text}\n````\n{end}"
        if not re.search(f"{re.escape(begin)}.*{re.escape(end)}", page, flags=re.DOTALL):
            raise SystemExit(f"{PAGE}: {begin} … {end} must be there")
        page = f"{page.partition(begin)[0]}{fresh}{page.partition(end)[2]}"
    return page


def picture(scene: Scene, browser: str) -> Path:
    """What the Slack stand-in's page shows of it, in a headless browser."""
    sent: list[bytes] = []
    hook, first = serve(_catching(sent)), serve(_catching([]))
    first.stop()
    with tempfile.TemporaryDirectory() as folder:
        app = create(StandInSettings(first.url, Path(folder), hook.url, "secret", TOKEN)).app
        server = serve(app, port=int(first.url.rpartition(":")[2]))
        try:
            _show(scene, server.url, sent)
            return _shoot(scene, server.url, browser, folder)
        finally:
            server.stop()
            hook.stop()


def _catching(sent: list[bytes]) -> Callable[..., Iterable[bytes]]:
    def catch(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        sent.append(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
        start("200 OK", [])
        return [b""]

    return catch


def _show(scene: Scene, url: str, sent: list[bytes]) -> None:
    client = WebClient(TOKEN, base_url=f"{url}/api/")
    if scene.message:
        client.chat_postMessage(channel="C0FERRY01", text=scene.message[0], blocks=scene.message[1])
    if scene.form:
        requests.post(f"{url}/_standin/command", json={"user": "UAPPROVER1", "command": "/agent"}, timeout=9)
        client.views_open(trigger_id=parse_qs(sent[-1].decode())["trigger_id"][0], view=scene.form)


def _shoot(scene: Scene, url: str, browser: str, folder: str) -> Path:
    made = PICTURES / f"approval-{scene.name}.png"
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-lcd-text"]
    size = f"--window-size={PIXELS_WIDE},{PIXELS_HIGH}"
    subprocess.run(
        [browser, *options, size, f"--user-data-dir={folder}/browser", f"--screenshot={made}", url],
        check=True, capture_output=True, timeout=60, env={**os.environ, "HOME": folder},
    )  # fmt: skip
    shrink(made)
    return made


def main(arguments: list[str]) -> int:
    PAGE.write_text(rendered(PAGE.read_text("utf-8")), "utf-8")
    if "--pictures" not in arguments:
        return 0
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        print(f"pictures need one of {', '.join(BROWSERS)} on the PATH", file=sys.stderr)
        return 1
    for scene in scenes():
        made = picture(scene, browser)
        print(f"{made.relative_to(ROOT)}  {made.stat().st_size // 1000} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
