"""pom.xml (https://maven.apache.org/pom.html): coordinates, parent, dependencies, plugins."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET  # noqa: S405  (a document type, and so every entity, is refused before)
from collections.abc import Iterator, Mapping

from ferry.domain.retrieval.ties.tie import Tie, TieKind, Unreadable, line_of, needs, offers

NEEDED = frozenset({"dependency", "plugin", "parent", "extension", "path"})
_PROPERTY = re.compile(r"\$\{([\w.-]{1,100})\}")


def pom(text: str) -> Iterator[Tie]:
    root = _parsed(text)
    if _local(root) != "project":
        raise Unreadable("no project")
    parent = _child(root, "parent")
    inherited = _text(parent, "groupId") if parent is not None else ""
    group, artifact = _text(root, "groupId") or inherited, _text(root, "artifactId")
    properties = _child(root, "properties")
    known = {_local(each): (each.text or "").strip() for each in (properties if properties is not None else ())}
    known |= {"project.groupId": group, "pom.groupId": group, "groupId": group, "project.parent.groupId": inherited}
    known |= {"project.artifactId": artifact}
    if name := _coordinates(group, artifact, known):
        yield offers(TieKind.MAVEN, name, line_of(text, f"<artifactId>{artifact}<"))
    for each in root.iter():
        if _local(each) in NEEDED:
            raw = _text(each, "artifactId")
            if name := _coordinates(_text(each, "groupId"), raw, known):
                yield needs(TieKind.MAVEN, name, line_of(text, f"<artifactId>{raw}<"))


def _parsed(text: str) -> ET.Element:
    """An entity that grows or reads a file needs a document type, and a pom has none."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise Unreadable("a document type is not read")
    try:
        return ET.fromstring(text.lstrip("\ufeff \t\r\n"))  # noqa: S314
    except (ET.ParseError, ValueError, RecursionError) as error:
        raise Unreadable(str(error)) from error


def _coordinates(group: str, artifact: str, known: Mapping[str, str]) -> str:
    """``group:artifact``; "" where a property is set elsewhere."""
    name = f"{group}:{artifact}"
    for _ in range(3):
        name = _PROPERTY.sub(lambda match: known.get(match[1]) or match[0], name)
    return name if group and artifact and "${" not in name else ""


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _child(element: ET.Element, name: str) -> ET.Element | None:
    return next((each for each in element if _local(each) == name), None)


def _text(element: ET.Element, name: str) -> str:
    found = _child(element, name)
    return (found.text or "").strip() if found is not None else ""
