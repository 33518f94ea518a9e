"""The channel for a browser: messages in order, threads below their first message."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, Any

from local.standins.slack.views import field, modal

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.standins.slack.workspace import Workspace

    Json = dict[str, Any]

STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:44rem;margin:1.5rem auto;padding:0 1rem;color:#1d1c1d}
article{border-top:1px solid #e3e3e3;padding:.7rem 0}.reply{margin-left:2.5rem}.only{background:#fffbe6}
.who{font-weight:700}time,.context,.note{color:#616061;font-size:.85em}h3{margin:.4rem 0}p{margin:.4rem 0}
.fields{display:grid;grid-template-columns:1fr 1fr;gap:.3rem 1rem}pre,code{background:#f3f3f3;padding:.1rem .3rem}
pre{white-space:pre-wrap;overflow-wrap:anywhere;padding:.5rem}
button{font:inherit;color:inherit;padding:.3rem .8rem;margin-right:.5rem;border:1px solid #bbb;
border-radius:4px;background:#fff}dialog{position:static;border:1px solid #bbb;border-radius:8px;width:26rem;
box-shadow:0 4px 16px #0003;padding:1rem}textarea{width:100%;box-sizing:border-box;font:inherit}
q{display:block;border-left:4px solid #ddd;padding-left:.6rem;quotes:none}
.primary{background:#007a5a;color:#fff}.danger{background:#e01e5a;color:#fff}
"""
_RULES: tuple[tuple[str, str], ...] = (
    (r"```\n?(.+?)```", r"<pre>\1</pre>"),
    (r"`([^`\n]+)`", r"<code>\1</code>"),
    (r"&lt;(https?://[^|&\s]+(?:&amp;[^|&\s]+)*)\|([^&]+?)&gt;", r'<a href="\1">\2</a>'),
    (r"&lt;(https?://[^|\s]+?)&gt;", r'<a href="\1">\1</a>'),
    (r"&lt;@(\w+)&gt;", r"<b>@\1</b>"),
    (r"&lt;!subteam\^(\w+)&gt;", r"<b>@\1</b>"),
    (r"&lt;!date\^\d+\^[^|&]+\|([^&]+)&gt;", r"\1"),
    (r"(?m)^(?:&gt;|&amp;gt;)(.*)$", r"<q>\1</q>"),
    (r"(?<![\w*])\*([^*\n]+)\*(?![\w*])", r"<b>\1</b>"),
    (r"(?<![\w_/])_([^_\n]+)_(?![\w_])", r"<i>\1</i>"),
    (r"(?<![\w~])~([^~\n]+)~(?![\w~])", r"<s>\1</s>"),
)

_EMOJI = {
    "ferry": "⛴", "white_check_mark": "✔", "x": "✖", "warning": "⚠", "hourglass": "◷", "octagonal_sign": "🛑",
    "repeat": "↻", "hourglass_flowing_sand": "◷", "leftwards_arrow_with_hook": "↩", "fast_forward": "»",
    "mag": "⌕", "grey_question": "?",
    "page_facing_up": "▤", "rotating_light": "🚨", "money_with_wings": "💸", "tada": "🎉",
}  # fmt: skip


def mrkdwn(text: str) -> str:
    """Slack's mark-up as HTML; everything else is escaped. Slack itself takes ``&lt;`` for ``<``."""
    html = escape(text)
    for pattern, replacement in _RULES:
        html = re.sub(pattern, replacement, html, flags=re.S if "```" in pattern else 0)
    html = re.sub(r":(\w+):", lambda named: _EMOJI.get(named[1], named[0]), html)
    html = re.sub(r"&amp;(amp|lt|gt);", r"&\1;", html)
    pieces = re.split(r"(<pre>.*?</pre>)", html, flags=re.S)
    return "".join(piece if piece.startswith("<pre>") else piece.replace("\n", "<br>") for piece in pieces)


def channel_page(workspace: Workspace) -> str:
    tops = [message for message in workspace.messages if not _is_reply(message)]
    replies = [message for message in workspace.messages if _is_reply(message)]
    shown = ""
    for top in tops:
        shown += _message(workspace, top)
        shown += "".join(_message(workspace, reply) for reply in replies if reply["thread_ts"] == top["ts"])
    shown = re.sub(r"<b>@(\w+)</b>", lambda named: f"<b>@{escape(workspace.users.get(named[1], named[1]))}</b>", shown)
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>#ferry</title>'
    modals = "".join(_modal(workspace, view) for view in workspace.views.values())
    body = f"<h1>#ferry</h1>{modals}{shown or '<p>No messages yet</p>'}"
    return f'<!doctype html><html lang="en"><head>{head}<style>{STYLE}</style></head><body>{body}</body></html>'


def _modal(workspace: Workspace, view: Json) -> str:
    return modal(
        workspace, view, "".join(field(one) if one["type"] == "input" else _block(one) for one in view["blocks"])
    )


def _is_reply(message: Json) -> bool:
    return bool(message.get("thread_ts", message["ts"]) != message["ts"])


def _message(workspace: Workspace, message: Json) -> str:
    only = str(message.get("ephemeral_for", ""))
    classes = " ".join(name for name, on in (("reply", _is_reply(message)), ("only", only)) if on)
    at = datetime.fromtimestamp(float(message["ts"]), UTC).strftime("%H:%M:%S UTC")
    who = escape(workspace.users.get(message.get("user", ""), "someone"))
    note = f' <span class="note">only visible to {escape(workspace.users.get(only, only))}</span>' if only else ""
    edited = ' <span class="note">(edited)</span>' if "edited" in message else ""
    blocks = "".join(map(_block, message.get("blocks", []))) or f"<p>{mrkdwn(message.get('text', ''))}</p>"
    files = "".join(
        f'<p><a href="{escape(f["permalink"])}">{escape(f["name"])}</a></p>' for f in message.get("files", [])
    )
    reactions = " ".join(f":{escape(r['name'])}: {r['count']}" for r in message.get("reactions", []))
    head = f'<span class="who">{who}</span> <time>{at}</time>{note}{edited}'
    anchor = f"p{message['ts'].replace('.', '')}"
    return (
        f'<article id="{anchor}" class="{classes}">{head}{blocks}{files}<div class="note">{reactions}</div></article>'
    )


def _block(block: Json) -> str:
    render = _BLOCKS.get(block["type"])
    return render(block) if render else ""


def _section(block: Json) -> str:
    fields = "".join(f"<div>{_text(field)}</div>" for field in block.get("fields", []))
    text = f"<p>{_text(block['text'])}</p>" if "text" in block else ""
    accessory = _element(block["accessory"]) if "accessory" in block else ""
    return text + (f'<div class="fields">{fields}</div>' if fields else "") + accessory


def _input(block: Json) -> str:
    return f"<p><label>{_text(block['label'])}<br>{_element(block['element'])}</label></p>"


_BLOCKS: dict[str, Callable[[Json], str]] = {
    "header": lambda block: f"<h3>{_text(block['text'])}</h3>",
    "section": _section,
    "context": lambda block: f'<p class="context">{" · ".join(map(_element, block["elements"]))}</p>',
    "actions": lambda block: f"<p>{''.join(map(_element, block['elements']))}</p>",
    "input": _input,
    "divider": lambda _: "<hr>",
    "markdown": lambda block: f"<pre>{escape(block['text'])}</pre>",
    "image": lambda block: f"<p>[{escape(block['alt_text'])}]</p>",
}


def _element(element: Json) -> str:
    match element["type"]:
        case "plain_text" | "mrkdwn":
            return _text(element)
        case "button":
            return f'<button class="{escape(element.get("style", ""))}" disabled>{_text(element["text"])}</button>'
        case "plain_text_input":
            return "<textarea disabled></textarea>" if element.get("multiline") else "<input disabled>"
        case "image":
            return f"[{escape(element['alt_text'])}]"
    return f"<select disabled><option>{escape(element['type'])}</option></select>"


def _text(text: Json) -> str:
    return mrkdwn(text["text"]) if text["type"] == "mrkdwn" else escape(text["text"])
