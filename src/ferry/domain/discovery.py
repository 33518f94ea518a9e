"""What discovery hands to planning: ranked repositories and files with evidence."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from ferry.domain.document import Document


class FileKind(StrEnum):
    SOURCE = "source"
    TEST = "test"
    CONFIG = "config"


class DependencyKind(StrEnum):
    API = "api"
    SHARED_LIB = "shared-lib"
    EVENT = "event"


class Level(StrEnum):
    """Of complexity and of risk."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class RankedFile(Document):
    """owners: who CODEOWNERS says must review a change of it."""

    path: str
    kind: FileKind
    relevance: float = Field(ge=0, le=1)
    owners: tuple[str, ...] = ()


class RankedRepository(Document):
    """name: ``owner/name``; evidence: sentences a person can check."""

    name: str
    relevance: float = Field(ge=0, le=1)
    reason: str
    evidence: tuple[str, ...]
    files: tuple[RankedFile, ...]


class Dependency(Document):
    """`from_` needs `to`, so `to` is built and merged first."""

    from_: str = Field(alias="from")
    to: str
    kind: DependencyKind
    description: str


class Discovery(Document):
    """confidence: probability that the first repository is right; 0 where nobody said."""

    repositories: tuple[RankedRepository, ...] = Field(min_length=1)
    dependencies: tuple[Dependency, ...] = ()
    complexity: Level
    approach: str
    confidence: float = Field(default=0.0, ge=0, le=1)
