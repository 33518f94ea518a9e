"""Block Kit as plain text, for a page that is read and compared."""

from __future__ import annotations

import re
import textwrap
from typing import Any

WIDTH = 110
_RULES = (
    (r"<https?://[^|>]*\|([^>]*)>", r"\1"),
    (r"<!date\^[^|>]*\|([^>]*)>", r"\1"),
    (r"<@(\w+)>", r"@\1"),
    (r"<!subteam\^(\w+)>", r"@\1"),
    (r":[a-z_]+: ", ""),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&amp;", "&"),
)

Json = dict[str, Any]


def message(blocks: list[Json]) -> str:
    return "\n\n".join(_block(block) for block in blocks)


def modal(form: Json) -> str:
    submit, close = form["submit"]["text"], form["close"]["text"]
    return f"{form['title']['text']}\n\n{message(form['blocks'])}\n\n[ {submit} ]  [ {close} ]"


def _block(block: Json) -> str:
    match block["type"]:
        case "header":
            title = block["text"]["text"]
            return f"{title}\n{'=' * len(title)}"
        case "section":
            return _text(block["text"])
        case "context":
            return "\n".join(map(_text, block["elements"]))
        case "input":
            hint = f"\n({block['hint']['text']})" if "hint" in block else ""
            return f"{block['label']['text']}\n[{'_' * 60}]{hint}"
        case _:
            return "  ".join(f"[ {element['text']['text']} ]" for element in block["elements"])


def _text(text: Json) -> str:
    shown = str(text["text"])
    for pattern, replacement in _RULES:
        shown = re.sub(pattern, replacement, shown)
    lines = (textwrap.wrap(line, WIDTH, subsequent_indent="  ") or [""] for line in shown.splitlines())
    return "\n".join(piece for wrapped in lines for piece in wrapped)
