"""An artifact store in memory."""

from __future__ import annotations

from ferry.domain.errors import NotFound


class FakeArtifactStore:
    def __init__(self) -> None:
        self.documents: dict[str, bytes] = {}

    def put(self, key: str, data: bytes) -> None:
        self.documents[key] = data

    def get(self, key: str) -> bytes:
        try:
            return self.documents[key]
        except KeyError as error:
            raise NotFound(f"no document {key} in the artifact store") from error

    def delete(self, key: str) -> None:
        self.documents.pop(key, None)

    def keys(self, prefix: str) -> list[str]:
        return sorted(key for key in self.documents if key.startswith(prefix))
