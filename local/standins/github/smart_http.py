"""git over HTTP: clone and fetch by anybody, push with a token (git-http-backend(1), "smart HTTP")."""

from __future__ import annotations

import gzip
import subprocess

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from local.standins.github.git import ENVIRONMENT, ZERO, Repository
from local.standins.github.http import login_of, repository, services

routes = Blueprint("smart_http", __name__)
_BASE = "/<owner>/<repo>.git"
_PULL, _PUSH = "git-upload-pack", "git-receive-pack"


@routes.get(f"{_BASE}/info/refs")
def info_refs(owner: str, repo: str) -> ResponseReturnValue:
    at, service = repository(owner, repo), request.args.get("service", "")
    if service not in (_PULL, _PUSH):
        return Response("Please upgrade your git client.\n", 403)
    if service == _PUSH and not _pusher():
        return _challenge()
    head = f"# service={service}\n"
    advertised = _serve(at, service, "--advertise-refs", b"")
    return _reply(f"{len(head) + 4:04x}{head}0000".encode() + advertised, f"{service}-advertisement")


@routes.post(f"{_BASE}/{_PULL}")
def upload_pack(owner: str, repo: str) -> ResponseReturnValue:
    return _reply(_serve(repository(owner, repo), _PULL, "", _body()), f"{_PULL}-result")


@routes.post(f"{_BASE}/{_PUSH}")
def receive_pack(owner: str, repo: str) -> ResponseReturnValue:
    """A push has the same consequences as the API's own writes."""
    login = _pusher()
    if not login:
        return _challenge()
    at = repository(owner, repo)
    with at.lock:
        before = at.refs()
        answer = _serve(at, _PUSH, "", _body())
        after = at.refs()
        for ref in sorted({*before, *after}):
            old, new = before.get(ref, ZERO), after.get(ref, ZERO)
            if old != new:
                services().changes.ref_moved(at, ref, old, new, login)
    return _reply(answer, f"{_PUSH}-result")


def _serve(at: Repository, service: str, flag: str, body: bytes) -> bytes:
    protocol = {"GIT_PROTOCOL": value} if (value := request.headers.get("Git-Protocol", "")) else {}
    command = ["git", service.removeprefix("git-"), "--stateless-rpc", *([flag] if flag else []), "."]
    done = subprocess.run(command, cwd=at.path, input=body, stdout=subprocess.PIPE, env=ENVIRONMENT | protocol)
    return done.stdout


def _body() -> bytes:
    zipped = request.headers.get("Content-Encoding") in ("gzip", "x-gzip")
    return gzip.decompress(request.get_data()) if zipped else request.get_data()


def _pusher() -> str | None:
    given = request.authorization
    return login_of(given.password or "") if given and given.type == "basic" else None


def _challenge() -> Response:
    return Response("Authentication required\n", 401, {"WWW-Authenticate": 'Basic realm="GitHub"'})


def _reply(data: bytes, kind: str) -> Response:
    return Response(data, mimetype=f"application/x-{kind}", headers={"Cache-Control": "no-cache"})
