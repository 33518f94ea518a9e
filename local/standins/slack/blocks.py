"""Slack's limits on Block Kit, as of https://docs.slack.dev/reference/block-kit (blocks, elements, objects).

A fault is worded as Slack words it: ``must be less than 3001 characters [json-pointer:/blocks/0/text/text]``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Faults = Iterator[str]

MAX_BLOCKS, MAX_VIEW_BLOCKS = 50, 100
_ELEMENTS = {
    "button", "plain_text_input", "static_select", "multi_static_select", "users_select", "multi_users_select",
    "conversations_select", "channels_select", "overflow", "datepicker", "timepicker", "checkboxes", "radio_buttons",
    "external_select", "number_input", "email_text_input", "url_text_input", "datetimepicker", "workflow_button",
}  # fmt: skip


def faults(blocks: object, limit: int = MAX_BLOCKS) -> list[str]:
    """Everything wrong with a list of blocks; empty when Slack would take it."""
    if not isinstance(blocks, list):
        return ["must be a valid array [json-pointer:/blocks]"]
    return [*_items("/blocks", blocks, 0, limit), *_twice(blocks, "block_id"), *_each("/blocks", blocks, _block)]


def _block(at: str, block: dict[str, Any]) -> Faults:
    check = _BLOCKS.get(str(block.get("type")))
    if check is None:
        yield f"unsupported type: {block.get('type')} [json-pointer:{at}/type]"
        return
    yield from _length(f"{at}/block_id", block.get("block_id", "x"), 255)
    yield from check(at, block)


def _section(at: str, block: dict[str, Any]) -> Faults:
    if "text" not in block and "fields" not in block:
        yield f"missing required field: text or fields [json-pointer:{at}]"
    if "text" in block:
        yield from _text(f"{at}/text", block["text"], 3000)
    if "fields" in block:
        yield from _items(f"{at}/fields", block["fields"], 1, 10)
        yield from _each(f"{at}/fields", block["fields"], lambda to, text: _text(to, text, 2000))
    if "accessory" in block:
        yield from _element(f"{at}/accessory", block["accessory"])


def _header(at: str, block: dict[str, Any]) -> Faults:
    yield from _text(f"{at}/text", block.get("text"), 150, plain=True)


def _context(at: str, block: dict[str, Any]) -> Faults:
    yield from _items(f"{at}/elements", block.get("elements"), 1, 10)
    yield from _each(f"{at}/elements", block.get("elements"), _context_element)


def _context_element(at: str, element: dict[str, Any]) -> Faults:
    yield from _image(at, element) if element.get("type") == "image" else _text(at, element, 3000)


def _actions(at: str, block: dict[str, Any]) -> Faults:
    elements = block.get("elements")
    yield from _items(f"{at}/elements", elements, 1, 25)
    yield from _each(f"{at}/elements", elements, _element)
    yield from _twice(elements, "action_id")


def _input(at: str, block: dict[str, Any]) -> Faults:
    yield from _text(f"{at}/label", block.get("label"), 2000, plain=True)
    yield from _element(f"{at}/element", block.get("element"))
    if "hint" in block:
        yield from _text(f"{at}/hint", block["hint"], 2000, plain=True)


def _image(at: str, block: dict[str, Any]) -> Faults:
    yield from _length(f"{at}/image_url", block.get("image_url"), 3000)
    yield from _length(f"{at}/alt_text", block.get("alt_text"), 2000)


def _markdown(at: str, block: dict[str, Any]) -> Faults:
    yield from _length(f"{at}/text", block.get("text"), 12000)


def _nothing(at: str, block: dict[str, Any]) -> Faults:
    return iter(())


_BLOCKS: dict[str, Callable[[str, dict[str, Any]], Faults]] = {
    "section": _section,
    "header": _header,
    "context": _context,
    "actions": _actions,
    "input": _input,
    "image": _image,
    "markdown": _markdown,
    "divider": _nothing,
    "rich_text": _nothing,
}


def _element(at: str, element: object) -> Faults:
    if not isinstance(element, dict) or element.get("type") not in {*_ELEMENTS, "image"}:
        yield f"unsupported or missing element type [json-pointer:{at}/type]"
        return
    if element["type"] == "image":
        yield from _image(at, element)
        return
    yield from _length(f"{at}/action_id", element.get("action_id", "x"), 255)
    if element["type"] == "button":
        yield from _button(at, element)
    if "placeholder" in element:
        yield from _text(f"{at}/placeholder", element["placeholder"], 150, plain=True)
    if "options" in element:
        yield from _items(f"{at}/options", element["options"], 1, 100)


def _button(at: str, button: dict[str, Any]) -> Faults:
    yield from _text(f"{at}/text", button.get("text"), 75, plain=True)
    if "value" in button:
        yield from _length(f"{at}/value", button["value"], 2000)
    if "url" in button:
        yield from _length(f"{at}/url", button["url"], 3000)
    if button.get("style", "primary") not in ("primary", "danger"):
        yield f"must be one of: primary, danger [json-pointer:{at}/style]"


def _text(at: str, text: object, limit: int, *, plain: bool = False) -> Faults:
    kinds = ("plain_text",) if plain else ("plain_text", "mrkdwn")
    if not isinstance(text, dict) or text.get("type") not in kinds:
        yield f"must be a text object of type {' or '.join(kinds)} [json-pointer:{at}]"
    else:
        yield from _length(f"{at}/text", text.get("text"), limit)


def _length(at: str, value: object, limit: int) -> Faults:
    if not isinstance(value, str):
        yield f"must be a string [json-pointer:{at}]"
    elif not value:
        yield f"must be more than 0 characters [json-pointer:{at}]"
    elif len(value) > limit:
        yield f"must be less than {limit + 1} characters [json-pointer:{at}]"


def _items(at: str, value: object, least: int, most: int) -> Faults:
    if not isinstance(value, list) or len(value) < least:
        yield f"must have at least {least} item(s) [json-pointer:{at}]"
    elif len(value) > most:
        yield f"no more than {most} items allowed [json-pointer:{at}]"


def _each(at: str, value: object, check: Callable[[str, dict[str, Any]], Faults]) -> Faults:
    for index, item in enumerate(value if isinstance(value, list) else []):
        if isinstance(item, dict):
            yield from check(f"{at}/{index}", item)
        else:
            yield f"must be an object [json-pointer:{at}/{index}]"


def _twice(value: object, name: str) -> Faults:
    items = value if isinstance(value, list) else []
    names = [item[name] for item in items if isinstance(item, dict) and name in item]
    for twice in sorted({str(given) for given in names if names.count(given) > 1}):
        yield f"`{name}` {twice} already exists"
