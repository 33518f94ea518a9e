"""Which guardrail of Bedrock reads what is untrusted."""

from __future__ import annotations

from dataclasses import dataclass

from ferry.domain.errors import InvalidSettings


@dataclass(frozen=True)
class Guardrail:
    """identifier: id or ARN; version: a number or DRAFT."""

    identifier: str
    version: str

    @classmethod
    def read(cls, text: str) -> Guardrail | None:
        """``<id or ARN>:<version>``; None for "". InvalidSettings for another form."""
        identifier, _, version = text.rpartition(":")
        if text and not (identifier and (version == "DRAFT" or version.isdecimal())):
            raise InvalidSettings(f"MODEL_GUARDRAIL is {text!r}; write <guardrail id or ARN>:<version or DRAFT>")
        return cls(identifier, version) if text else None
