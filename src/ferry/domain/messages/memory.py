"""What Ferry learnt about a repository, as Slack and the command line show it, with what changes it."""

from __future__ import annotations

from collections.abc import Sequence

from ferry.domain.lesson import MOST, Lesson
from ferry.domain.messages.blocks import LINE, Rendered, clipped, code, context, link, listing, named, prose
from ferry.domain.suspicion import LOOKS
from ferry.domain.words import count

SLACK = "/agent memory {repo} {act} {id}"
SHELL = "python -m ferry memory {act} {repo} {id}"
ROOM = 2700


def lesson_line(one: Lesson) -> str:
    """mrkdwn: whose it is, what it says, and where it is from."""
    return clipped(f"• {code(one.repo)} {prose(one.text)} — {_origin(one)}", LINE)


def lesson_list(repo: str, lessons: Sequence[Lesson]) -> Rendered:
    """Newest first, as many as one message holds."""
    text = f"{count(len(lessons), 'lesson')} of {repo}"
    rows = [clipped(f"• {code(one.id)} {_standing(one)}{prose(one.text)} — {_origin(one)}", LINE) for one in lessons]
    if not lessons:
        rows = ["• nothing yet: reviews and mended CI teach, and so do you"]
    acts = " · ".join(f"`{SLACK.format(repo=repo, act=act, id='&lt;lesson&gt;')}{more}`" for act, more in _ACTS)
    teach = f"`/agent remember {repo} &lt;words&gt;`"
    return text, [listing(f"*{prose(text)}*", rows, ROOM).block, context(f"{acts} · {teach}")]


def lesson_text(one: Lesson, how: str = SHELL) -> str:
    """For a terminal: all of it. how: `SLACK` or `SHELL`."""
    lines = [f"{one.id}  {one.text}", f"  from: {source(one)}"]
    lines += [f"  about: {', '.join(one.paths)}"] if one.paths else []
    lines += [f"  edited: by {one.edited_by}, {one.edited_at[:16]}"] if one.edited_by else []
    lines += [f"  accepted: by {one.accepted_by}"] if one.accepted_by else []
    lines += [f"  {kept_back(one, how)}"] if one.kept_back else []
    return "\n".join(lines)


def kept_back(one: Lesson, how: str) -> str:
    accept = how.format(repo=one.repo, act="accept", id=one.id)
    return f"kept back, because it {LOOKS} ({', '.join(one.suspected)}); if it is none: {accept}"


def taught(one: Lesson, gone: Sequence[Lesson], how: str) -> str:
    """What is said to whoever wrote it."""
    said = [f"Remembered for {one.repo} as {one.id}: {one.text}"]
    said += [f"It is {kept_back(one, how)}"] if one.kept_back else []
    names = ", ".join(old.id for old in gone)
    said += [f"{MOST} lessons of a repository are the most, so the least useful made room: {names}"] if gone else []
    forget = how.format(repo=one.repo, act="forget", id=one.id)
    return "\n".join([*said, f"To take it back: {forget}"])


def source(one: Lesson) -> str:
    """``review by github:ann, 2026-11-21, https://…``."""
    origin = one.origin
    by = f" by {origin.by}" if origin.by else ""
    task = f", task {origin.task}" if origin.task else ""
    return f"{origin.kind}{by}, {origin.at[:10]}{task}" + (f", {origin.link}" if origin.link else "")


def _origin(one: Lesson) -> str:
    by = f" by {named(one.origin.by)}" if one.origin.by else ""
    return f"{link(one.origin.link, one.origin.kind)}{by}, {one.origin.at[:10]}"


def _standing(one: Lesson) -> str:
    if one.kept_back:
        return f":warning: *kept back, it {LOOKS}* "
    return ":pencil2: " if one.edited_by else ""


_ACTS = (("edit", " &lt;words&gt;"), ("forget", ""), ("accept", ""))
