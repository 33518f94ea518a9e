"""Memory records of one AgentCore Memory, as its data plane has them.

https://docs.aws.amazon.com/bedrock-agentcore/latest/APIReference/API_BatchCreateMemoryRecords.html and its siblings
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ferry.adapters.aws import translated
from ferry.domain.errors import VendorUnavailable

PAGE, MOST_PAGES, BATCH = 100, 10, 100
LESSON, DIGEST = "lesson", "digest"
"""Keys of a record's metadata: which lesson it copies, and of which words."""

# Nobody waits long for relevance: words find lessons too.
OPTIONS: dict[str, Any] = {"connect_timeout": 2, "read_timeout": 4, "retries": {"total_max_attempts": 2}}


@dataclass(frozen=True)
class Content:
    """at: RFC 3339."""

    lesson: str
    digest: str
    text: str
    at: str


@dataclass(frozen=True)
class Record:
    """lesson, digest: "" where somebody else wrote it."""

    id: str
    lesson: str
    digest: str


@dataclass(frozen=True)
class Records:
    """RateLimited, VendorUnavailable, VendorRefused for all that fails, also for one record of a batch."""

    client: Any
    memory_id: str

    def retrieve(self, namespace: str, query: str) -> list[Record]:
        """Most relevant first."""
        search = {"searchQuery": query, "topK": PAGE}
        return self._pages(
            "RetrieveMemoryRecords", self.client.retrieve_memory_records, namespace, searchCriteria=search
        )

    def every(self, namespace: str) -> list[Record]:
        return self._pages("ListMemoryRecords", self.client.list_memory_records, namespace)

    def create(self, namespace: str, contents: Sequence[Content]) -> None:
        records = [{"requestIdentifier": one.lesson, "namespaces": [namespace], **_fields(one)} for one in contents]
        self._batches("BatchCreateMemoryRecords", self.client.batch_create_memory_records, records)

    def update(self, namespace: str, contents: Mapping[str, Content]) -> None:
        """contents: by id of the record."""
        records = [
            {"memoryRecordId": id, "namespaces": [namespace], "sourceNamespaces": [namespace], **_fields(one)}
            for id, one in contents.items()
        ]
        self._batches("BatchUpdateMemoryRecords", self.client.batch_update_memory_records, records)

    def delete(self, namespace: str, ids: Sequence[str]) -> None:
        records = [{"memoryRecordId": id, "namespace": namespace} for id in ids]
        self._batches("BatchDeleteMemoryRecords", self.client.batch_delete_memory_records, records)

    def _pages(self, name: str, call: Callable[..., Any], namespace: str, **given: Any) -> list[Record]:
        found: list[Record] = []
        for _ in range(MOST_PAGES):
            with translated(f"AgentCore {name}"):
                answer = call(memoryId=self.memory_id, namespace=namespace, maxResults=PAGE, **given)
            found += map(_record, answer["memoryRecordSummaries"])
            if not answer.get("nextToken"):
                break
            given["nextToken"] = answer["nextToken"]
        return found

    def _batches(self, name: str, call: Callable[..., Any], records: Sequence[Mapping[str, Any]]) -> None:
        for start in range(0, len(records), BATCH):
            with translated(f"AgentCore {name}"):
                answer = call(memoryId=self.memory_id, records=list(records[start : start + BATCH]))
            if failed := answer["failedRecords"]:
                raise VendorUnavailable(f"AgentCore {name}: {len(failed)} of {len(records)} records failed")


def client() -> Any:
    """By the ordinary credential chain."""
    import boto3
    from botocore.config import Config

    return boto3.client("bedrock-agentcore", config=Config(**OPTIONS))


def _fields(one: Content) -> dict[str, Any]:
    return {
        "content": {"text": one.text},
        "timestamp": datetime.fromisoformat(one.at),
        "metadata": {LESSON: {"stringValue": one.lesson}, DIGEST: {"stringValue": one.digest}},
    }


def _record(summary: Mapping[str, Any]) -> Record:
    kept = {name: value.get("stringValue", "") for name, value in summary.get("metadata", {}).items()}
    return Record(summary["memoryRecordId"], kept.get(LESSON, ""), kept.get(DIGEST, ""))
