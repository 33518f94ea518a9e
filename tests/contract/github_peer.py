"""A GitHub stand-in over real HTTP with one small repository, a receiver of its webhooks, and a poll."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import requests
from flask import Flask, request

from ferry.adapters.github import GitHubForge
from ferry.adapters.github_auth import fixed_token
from ferry.adapters.github_http import GitHubApi
from local.server import RunningServer, serve
from local.standins.base import StandIn, StandInSettings
from local.standins.github import create
from tests.contract.openapi import CONTRACTS, Contract

TOKEN, SECRET, ORG, REPO = "test-token", "test-secret", "acme", "pricing"
NAME = f"{ORG}/{REPO}"
BEYOND = (
    f"GET /orgs/{ORG}/repos",
    "POST /graphql",
    "GET /repos/.*/tarball/.*",
    "(GET|POST) /app/hook/deliveries.*",
    ".* /_standin/.*",
    "GET /repos/.*/collaborators/.*/permission",
    "(GET|POST) /repos/.*/pulls/.*/comments.*",
    "POST /repos/.*/(merges|pulls/.*/reviews|statuses/.*)",
    "PUT /repos/.*/pulls/.*/merge",
    "GET /repos/.*/comments/.*/reactions",
    "GET /repos/.*/(check-suites|rules/branches/.*)",
    "(PUT|DELETE) /repos/.*/branches/.*/protection",
    "POST /repos/.*/(rulesets|statuses/.*)",
)
T = TypeVar("T")

CI = """
name: CI
on:
  pull_request:
concurrency:
  group: ci-${{ github.ref }}
  cancel-in-progress: true
env: {LEVEL: workflow}
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - name: Check
        run: sh check.sh
"""
FILES = {"README.md": "# Pricing\n", "check.sh": "echo all is well\n", "src/price.py": "PRICE = 1\n"}


def git(folder: Path, *arguments: str) -> str:
    who = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in _WHO.items()}
    env = {**os.environ, **who, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_TERMINAL_PROMPT": "0"}
    done = subprocess.run(["git", *arguments], cwd=folder, env=env, capture_output=True, text=True, check=True)
    return done.stdout.strip()


_WHO = {"NAME": "Ada", "EMAIL": "ada@example.com"}


def sample(folder: Path, ci: str = CI) -> Path:
    """`folder`/sample/pricing.git with one commit on main."""
    work = folder / "work"
    for name, text in {**FILES, ".github/workflows/ci.yml": ci}.items():
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_text(text)
    git(work, "init", "-q", "-b", "main")
    git(work, "add", ".")
    git(work, "commit", "-q", "-m", "Start")
    git(folder, "clone", "-q", "--bare", "work", f"sample/{REPO}.git")
    return folder / "sample"


@dataclass(frozen=True)
class Event:
    name: str
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.raw)
        return document

    @property
    def kind(self) -> str:
        action = self.body.get("action")
        return f"{self.name}.{action}" if action else self.name


@dataclass
class Receiver:
    """Answers `status` to every delivery and keeps them all."""

    events: list[Event] = field(default_factory=list)
    status: int = 202

    def app(self) -> Flask:
        app = Flask("receiver")

        @app.post("/hook")
        def hook() -> tuple[str, int]:
            event = Event(request.headers["X-GitHub-Event"], dict(request.headers), request.get_data())
            self.events.append(event)
            return "", self.status

        return app

    def kinds(self) -> list[str]:
        return [event.kind for event in self.events]


@dataclass
class Peer:
    server: RunningServer
    stand_in: StandIn
    receiver: Receiver
    folder: Path
    late: _Late
    settings: StandInSettings

    def restart(self) -> None:
        """Ends the stand-in and starts it again on the same state."""
        self.stand_in.close()
        self.stand_in = create(self.settings)
        self.late.app = self.stand_in.app

    @property
    def url(self) -> str:
        return self.server.url


class _Late:
    """The stand-in must know its own URL, so the server starts first, and serves one test after the other."""

    app: Any = None

    def __call__(self, environ: Any, start: Any) -> Any:
        return self.app(environ, start)


@cache
def _servers() -> tuple[tuple[RunningServer, _Late], tuple[RunningServer, _Late]]:
    """Of GitHub and of the receiver; once per process, as stopping one takes half a second."""
    late, late_hooks = _Late(), _Late()
    return (serve(late), late), (serve(late_hooks), late_hooks)


@contextmanager
def peer(folder: Path, ci: str = CI, **extra: str) -> Iterator[Peer]:
    receiver, (server, late), (hooks, late_hooks) = Receiver(), *_servers()
    late_hooks.app = receiver.app()
    port = server.url.rpartition(":")[2]
    options = {"sample": str(sample(folder, ci)), "download_url": f"http://localhost:{port}", **extra}
    state = folder / "state"
    state.mkdir()
    settings = StandInSettings(server.url, state, f"{hooks.url}/hook", SECRET, TOKEN, {"org": ORG, **options})
    stand_in = create(settings)
    late.app = stand_in.app
    running = Peer(server, stand_in, receiver, folder, late, settings)
    try:
        yield running
    finally:
        running.stand_in.close()


def until(probe: Callable[[], T | None], seconds: float = 30) -> T:
    """The first value of `probe` that is true."""
    limit = time.monotonic() + seconds
    pause = threading.Event()
    while time.monotonic() < limit:
        if found := probe():
            return found
        pause.wait(0.02)
    raise AssertionError(f"nothing after {seconds} s")


def session_of(base: str) -> requests.Session:
    """Checks every exchange against GitHub's document, where that is at hand."""
    session = requests.Session()
    session.trust_env = False
    document = CONTRACTS / "github/openapi.trimmed.json"
    if document.exists():
        session.hooks["response"].append(Contract(document, base, BEYOND).hook)
    return session


def forge_of(at: Peer, org: str = ORG, token: str = TOKEN) -> GitHubForge:
    return GitHubForge(GitHubApi(at.url, fixed_token(token), session=session_of(at.url)), org)
