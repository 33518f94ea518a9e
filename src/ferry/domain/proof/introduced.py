"""What a change brings that was not there: modules by their files, names by the lines that were added."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ferry.domain.proof.paths import is_support, module_parts

_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_EXTENSION = re.compile(r"\.(py|[cm]?[jt]sx?|go|java|kt|rs|json)$")


@dataclass(frozen=True)
class Introduced:
    """modules: path of each created source file, without extension, in parts; words: of added lines of sources."""

    modules: frozenset[tuple[str, ...]] = frozenset()
    words: frozenset[str] = frozenset()

    @classmethod
    def by(cls, changes: Mapping[str, tuple[str | None, str | None]]) -> Introduced:
        """changes: text before and after by path, None where there is no such file. Tests introduce nothing."""
        sources = {path: texts for path, texts in changes.items() if not is_support(path)}
        made = frozenset(module_parts(path) for path, (before, after) in sources.items() if before is None and after)
        words = (_added(before or "", after or "") for before, after in sources.values())
        return cls(made, frozenset().union(*words))

    def module(self, name: str) -> bool:
        """name: dotted, a path, or with colons; its beginning may be that of another machine."""
        parts = tuple(part for part in re.split(r"[./:\\@]+", _EXTENSION.sub("", name)) if part)
        return bool(parts) and any(_meets(parts, module) for module in self.modules)

    def word(self, name: str) -> bool:
        last = re.split(r"[.:#]+", name)[-1]
        return last in self.words or any(module[-1:] == (last,) for module in self.modules)


def _added(before: str, after: str) -> frozenset[str]:
    old = set(before.splitlines())
    lines = (line for line in after.splitlines() if line not in old)
    return frozenset(word for line in lines for word in _WORD.findall(line))


def _meets(name: tuple[str, ...], module: tuple[str, ...]) -> bool:
    """The name lies within the module's path, or ends with it."""
    return _within(name, module) or (len(module) > 0 and name[-len(module) :] == module)


def _within(inner: tuple[str, ...], outer: tuple[str, ...]) -> bool:
    starts: Iterable[int] = range(len(outer) - len(inner) + 1)
    return any(outer[start : start + len(inner)] == inner for start in starts)
