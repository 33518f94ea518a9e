"""Groups in memory; it passes the same suite as the vendors' own."""

from __future__ import annotations

from dataclasses import dataclass, field

from ferry.domain.errors import FerryError, NotFound


@dataclass
class FakeDirectory:
    """groups: keys of people by key of the group; failure: raised instead of an answer; asked: groups, in order."""

    groups: dict[str, set[str]] = field(default_factory=dict)
    failure: FerryError | None = None
    asked: list[str] = field(default_factory=list)

    def members(self, group: str) -> frozenset[str]:
        self.asked.append(group)
        if self.failure:
            raise self.failure
        if group not in self.groups:
            raise NotFound(f"{group}: there is no such group")
        return frozenset(self.groups[group])
