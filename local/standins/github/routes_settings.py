"""What an administrator does to a repository: rename, archive, delete, mark as a fork.

https://docs.github.com/rest/repos/repos#update-a-repository and #delete-a-repository.
"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue

from local.standins.github.http import payload, repository, world
from local.standins.github.records import now

routes = Blueprint("settings", __name__)
_BASE = "/repos/<owner>/<repo>"


@routes.patch(_BASE)
def update(owner: str, repo: str) -> ResponseReturnValue:
    """`fork` is our own field: GitHub sets it when a fork is made."""
    at, sent = repository(owner, repo), payload()
    record, name = world().recorded(at.name), str(sent.get("name", at.name))
    if name != at.name:
        world().rename(at.name, name)
        record.name, record.former = name, [*record.former, at.name]
    record.archived, record.fork = bool(sent.get("archived", record.archived)), bool(sent.get("fork", record.fork))
    record.updated_at = now()
    world().store.put(record)
    return jsonify(world().repo_json(name))


@routes.delete(_BASE)
def delete(owner: str, repo: str) -> ResponseReturnValue:
    world().delete(repository(owner, repo).name)
    return Response(status=204)
