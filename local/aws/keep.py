"""Saves tables and buckets when the stack stops and brings them back when it starts; executions cannot be kept."""

from __future__ import annotations

import base64
import json
import shutil
from pathlib import Path
from typing import Any

from local.aws.deploy.deployment import Deployment
from local.aws.engine import Engine


def stop_and_save(deployment: Deployment, engine: Engine, folder: Path) -> None:
    """End executions and functions, then replace `folder` in one step by what they left."""
    running = _running(deployment)
    engine.stop_running()
    draft = folder.with_suffix(".draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True, mode=0o700)
    for logical_id, name in deployment.tables.items():
        _write(draft / f"{logical_id}.table.json", _items(deployment, name))
    for logical_id, name in deployment.buckets.items():
        _write(draft / f"{logical_id}.bucket.json", _objects(deployment, name))
    _write(draft / "running.json", running)
    shutil.rmtree(folder, ignore_errors=True)
    draft.rename(folder)


def load(deployment: Deployment, folder: Path) -> list[str]:
    """Bring back what was saved; answers the names of the executions that were running and are lost."""
    for logical_id, name in deployment.tables.items():
        for item in _read(folder / f"{logical_id}.table.json"):
            deployment.clients("dynamodb").put_item(TableName=name, Item=item)
    for logical_id, name in deployment.buckets.items():
        for kept in _read(folder / f"{logical_id}.bucket.json"):
            deployment.clients("s3").put_object(Bucket=name, **kept)
    lost: list[str] = _read(folder / "running.json")
    return lost


def _items(deployment: Deployment, table: str) -> list[dict[str, Any]]:
    pages = deployment.clients("dynamodb").get_paginator("scan").paginate(TableName=table)
    return [item for page in pages for item in page["Items"]]


def _objects(deployment: Deployment, bucket: str) -> list[dict[str, Any]]:
    s3 = deployment.clients("s3")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return [_object(s3, bucket, entry["Key"]) for page in pages for entry in page.get("Contents", [])]


def _object(s3: Any, bucket: str, key: str) -> dict[str, Any]:
    found = s3.get_object(Bucket=bucket, Key=key)
    about = {"ContentType": found["ContentType"], "Metadata": found["Metadata"]}
    return {"Key": key, "Body": found["Body"].read(), **about}


def _running(deployment: Deployment) -> list[str]:
    client = deployment.clients("stepfunctions")
    return [
        execution["name"]
        for arn in deployment.machines.values()
        for page in client.get_paginator("list_executions").paginate(stateMachineArn=arn, statusFilter="RUNNING")
        for execution in page["executions"]
    ]


def _write(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, default=_encoded), "utf-8")


def _read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"), object_hook=_decoded) if path.exists() else []


def _encoded(value: object) -> dict[str, str]:
    if not isinstance(value, bytes):
        raise TypeError(type(value).__name__)
    return {"$bytes": base64.b64encode(value).decode()}


def _decoded(value: dict[str, Any]) -> Any:
    return base64.b64decode(value["$bytes"]) if value.keys() == {"$bytes"} else value
