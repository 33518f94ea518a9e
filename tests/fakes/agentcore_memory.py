"""AgentCore Memory over HTTP, made of botocore's model of the service: requests and replies are checked against it.

It keeps records per namespace and ranks them by the words they share with the query; what AWS's vectors would find
besides it does not.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import boto3
from botocore.config import Config
from flask import Flask, Response, request

from ferry.adapters.agentcore.memory_records import OPTIONS
from ferry.domain.retrieval.tokens import tokens
from local.server import serve
from tests.fakes.code_interpreter import MODEL, Refused, check, wrong

MEMORY = "ferry_dev_lessons-0123456789"
STRATEGY = "direct"
Json = dict[str, Any]
_PATHS = {
    "memoryRecords/batchCreate": "BatchCreateMemoryRecords",
    "memoryRecords/batchUpdate": "BatchUpdateMemoryRecords",
    "memoryRecords/batchDelete": "BatchDeleteMemoryRecords",
    "memoryRecords": "ListMemoryRecords",
    "retrieve": "RetrieveMemoryRecords",
}


@dataclass
class AgentCoreMemoryService:
    """errors: of the next calls of an operation, in turn; lagging: searches show nothing that is written now; page:
    records of one answer at the most; failing: batches answer that each record failed; calls: names, in order."""

    url: str = ""
    records: dict[str, Json] = field(default_factory=dict)
    searchable: dict[str, Json] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    lagging: bool = False
    failing: bool = False
    page: int = 100

    def answer(self, operation: str, given: Json) -> Json:
        check(operation, given)
        if given["memoryId"] != MEMORY:
            raise Refused("ResourceNotFoundException", "there is no such memory")
        self.calls.append(operation)
        if self.errors.get(operation):
            raise Refused(self.errors[operation].pop(0), "on purpose")
        reply = self._batch(operation, given) if operation.startswith("Batch") else self._found(operation, given)
        if not self.lagging:
            self.searchable = {id: dict(record) for id, record in self.records.items()}
        return reply

    def texts(self) -> list[str]:
        return sorted(record["content"]["text"] for record in self.records.values())

    def _batch(self, operation: str, given: Json) -> Json:
        done = []
        for one in given["records"]:
            id = one.get("memoryRecordId") or f"mem-{uuid4()}"
            status = "FAILED" if self.failing or ("Create" not in operation and id not in self.records) else "SUCCEEDED"
            if status == "SUCCEEDED":
                self._write(operation, id, one)
            done.append({"memoryRecordId": id, "status": status})
        failed = [one for one in done if one["status"] == "FAILED"]
        return {"successfulRecords": [one for one in done if one not in failed], "failedRecords": failed}

    def _write(self, operation: str, id: str, given: Json) -> None:
        if "Delete" in operation:
            del self.records[id]
            return
        kept = {name: given[name] for name in ("content", "namespaces", "metadata") if name in given}
        before = self.records.get(id, {"createdAt": given["timestamp"], "memoryStrategyId": STRATEGY})
        self.records[id] = {**before, **kept, "memoryRecordId": id}

    def _found(self, operation: str, given: Json) -> Json:
        search = given.get("searchCriteria")
        source = self.searchable if search else self.records
        found = [one for one in source.values() if given["namespace"] in one["namespaces"]]
        if search:
            asked = set(tokens(search["searchQuery"]))
            found = [{**one, "score": float(len(asked & set(tokens(one["content"]["text"]))))} for one in found]
            found = sorted(found, key=lambda one: -one["score"])[: search.get("topK", 100)]
        start, most = int(given.get("nextToken") or 0), min(self.page, given.get("maxResults", 20))
        more = {"nextToken": str(start + most)} if start + most < len(found) else {}
        return {"memoryRecordSummaries": found[start : start + most], **more}


def _app(world: AgentCoreMemoryService) -> Flask:
    app = Flask("bedrock-agentcore-memory")

    @app.post("/memories/<memory>/<path:what>")
    def call(memory: str, what: str) -> Response:
        operation = _PATHS[what]
        try:
            if "/bedrock-agentcore/aws4_request" not in request.headers.get("Authorization", ""):
                raise Refused("AccessDeniedException", "the request is not signed for bedrock-agentcore")
            reply = world.answer(operation, {**request.get_json(force=True), "memoryId": memory})
        except Refused as refused:
            return _refusal(operation, refused)
        found = wrong(MODEL.operation_model(operation).output_shape, reply)
        assert not found, f"the fake's own reply breaks the model: {found}"
        return Response(json.dumps(reply), 201 if "Create" in operation else 200, mimetype="application/json")

    return app


def _refusal(operation: str, error: Refused) -> Response:
    known: Mapping[str, int] = {
        shape.name: shape.metadata["error"]["httpStatusCode"] for shape in MODEL.operation_model(operation).error_shapes
    }
    body = json.dumps({"message": str(error)})
    return Response(body, known[error.code], {"X-Amzn-ErrorType": error.code}, mimetype="application/json")


@contextmanager
def agentcore_memory() -> Iterator[AgentCoreMemoryService]:
    world = AgentCoreMemoryService()
    server = serve(_app(world))
    world.url = server.url
    yield world
    server.stop()


def client(url: str) -> Any:
    """Ferry's own client of it."""
    return boto3.client(
        "bedrock-agentcore", config=Config(**OPTIONS), endpoint_url=url, region_name="us-east-1",
        aws_access_key_id="test", aws_secret_access_key="test",
    )  # fmt: skip
