"""docs/approval.md shows the messages as they are made now."""

from __future__ import annotations

import re

from local.approval_page.__main__ import PAGE, PICTURES, rendered
from local.approval_page.scenes import scenes
from local.standins.slack import blocks as block_kit


def test_the_page_is_up_to_date() -> None:
    page = PAGE.read_text("utf-8")

    assert rendered(page) == page, "run `python -m local.approval_page`"


def test_every_picture_of_the_page_is_there_and_small() -> None:
    shown = set(re.findall(r"\(images/([^)]+)\)", PAGE.read_text("utf-8")))

    there = {one.name for one in PICTURES.glob("approval-*.png")}
    assert shown == {f"approval-{scene.name}.png" for scene in scenes()} == there
    assert all((PICTURES / name).stat().st_size < 100_000 for name in shown)


def test_every_scene_is_one_that_slack_takes() -> None:
    for scene in scenes():
        assert block_kit.faults(scene.form["blocks"] if scene.form else scene.message and scene.message[1]) == []
