"""Documents: immutable, strict, and digestible."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from ferry.domain.errors import InvalidDocument


class Document(BaseModel):
    """Base of everything that is stored or sent: frozen, and an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    @classmethod
    def read(cls, data: str | bytes | dict[str, Any], name: str) -> Self:
        """Parse JSON or a dict; InvalidDocument names the document and each wrong field."""
        try:
            return cls.model_validate(data) if isinstance(data, dict) else cls.model_validate_json(data)
        except ValidationError as error:
            raise InvalidDocument(f"{name}: {problems(error)}") from error

    def dump(self) -> dict[str, Any]:
        """JSON-ready form, by the names of the contract."""
        return self.model_dump(mode="json", by_alias=True)


def problems(error: ValidationError) -> str:
    """Each fault as ``field: what is wrong``, joined by semicolons; values are left out, they may be secret."""
    return "; ".join(f"{'.'.join(map(str, fault['loc'])) or 'document'}: {fault['msg']}" for fault in error.errors())


def canonical(data: object) -> bytes:
    """The one byte form that digests are taken over: sorted keys, no white space, UTF-8."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(data: object) -> str:
    """SHA-256 in hex over `canonical(data)`."""
    return hashlib.sha256(canonical(data)).hexdigest()
