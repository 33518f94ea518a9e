"""Changes to an issue: checked as Jira checks them, then applied, each with its changelog item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.standins.jira import adf
from local.standins.jira.shapes import ISSUE_TYPES
from local.standins.jira.store import STATUSES, Issue, now

if TYPE_CHECKING:
    from collections.abc import Mapping

    Json = dict[str, Any]

EDITABLE = ("summary", "description", "labels")


class FieldErrors(Exception):
    """The 400 of Jira: one message per field."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = dict(errors)


def check_new(fields: Json, project: str) -> None:
    errors = _errors({name: value for name, value in fields.items() if name not in ("project", "issuetype")})
    if "summary" not in fields:
        errors["summary"] = "You must specify a summary of the issue."
    if (fields.get("project") or {}).get("key") != project:
        errors["project"] = "Specify a valid project ID or key"
    if issue_type(fields) not in ISSUE_TYPES:
        errors["issuetype"] = "Specify a valid issue type"
    if errors:
        raise FieldErrors(errors)


def issue_type(fields: Json) -> str:
    """The type by name or id; `FieldErrors` comes from `check_new` where there is none."""
    wanted = fields.get("issuetype") or {}
    by_id = {number: name for name, number in ISSUE_TYPES.items()}
    return str(wanted.get("name") or by_id.get(str(wanted.get("id")), ""))


def edited(issue: Issue, body: Json) -> Json:
    """The fields as they will be after `body` (`fields` and `update` of the edit operation). FieldErrors if refused."""
    fields: Json = dict(body.get("fields") or {})
    update: Json = dict(body.get("update") or {})
    if both := set(fields) & set(update):
        raise FieldErrors({name: f"Field '{name}' cannot appear in both 'fields' and 'update'" for name in both})
    for name, operations in update.items():
        fields[name] = _operate(name, getattr(issue, name, None), operations)
    if errors := _errors(fields):
        raise FieldErrors(errors)
    return fields


def _operate(name: str, value: Any, operations: list[Json]) -> Any:
    for operation in operations:
        for verb, operand in operation.items():
            match verb:
                case "set":
                    value = operand
                case "add" if name == "labels":
                    value = [*value, *([] if operand in value else [operand])]
                case "remove" if name == "labels":
                    value = [label for label in value if label != operand]
                case _:
                    raise FieldErrors({name: f"Field does not support operation '{verb}'"})
    return value


def _errors(fields: Json) -> dict[str, str]:
    return {name: message for name, value in fields.items() if (message := _error(name, value))}


def _error(name: str, value: object) -> str | None:
    match name:
        case "summary":
            return _summary_error(value)
        case "description":
            return None if value is None else adf.fault(value)
        case "labels":
            return _labels_error(value)
    return f"Field '{name}' cannot be set. It is not on the appropriate screen, or unknown."


def _summary_error(value: object) -> str | None:
    if not isinstance(value, str) or not value.strip():
        return "You must specify a summary of the issue."
    if "\n" in value:
        return "The summary is invalid because it contains newline characters."
    return "Summary must be less than 255 characters." if len(value) >= 255 else None


def _labels_error(value: object) -> str | None:
    if not isinstance(value, list) or not all(isinstance(label, str) for label in value):
        return "data was not an array of strings"
    spaced = next((label for label in value if not label or any(map(str.isspace, label))), None)
    return None if spaced is None else f"The label '{spaced}' contains spaces which is invalid."


def apply(issue: Issue, fields: Json) -> list[Json]:
    """Set the fields; the changelog items of those that really changed (in the shape of captured deliveries)."""
    items = []
    for name in EDITABLE:
        if name in fields and fields[name] != getattr(issue, name):
            items.append(_item(name, _shown(getattr(issue, name)), _shown(fields[name])))
            setattr(issue, name, fields[name])
    if items:
        issue.updated = now()
    return items


def move(issue: Issue, transition: str) -> list[Json]:
    """Apply a transition by id. FieldErrors where there is no such transition."""
    target = next((name for name, (number, _, _) in STATUSES.items() if number == transition), None)
    if target is None:
        raise FieldErrors({"transition": f"Transition id '{transition}' is not valid for this issue."})
    if target == issue.status:
        return []
    item = _item("status", issue.status, target)
    item["from"], item["to"] = STATUSES[issue.status][1], STATUSES[target][1]
    issue.status, issue.updated = target, now()
    return [item]


def _shown(value: Any) -> str | None:
    if isinstance(value, list):
        return " ".join(value)
    return adf.to_wiki(value) if isinstance(value, dict) else value


def _item(name: str, before: str | None, after: str | None) -> Json:
    return {
        "field": name,
        "fieldtype": "jira",
        "fieldId": name,
        "from": None,
        "fromString": before,
        "to": None,
        "toString": after,
    }
