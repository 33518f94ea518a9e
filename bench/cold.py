"""A cold Sentry webhook, from a fresh process to its answer (median of 9; Sentry waits 1 s; AWS answers at once)"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import resource
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from threading import Thread
from typing import Any

ROOT = Path(__file__).parent.parent
RUNS = 9
SECRET = "only for this figure"
PROGRAM = """
import json, sys
{handler}
print(handler(json.load(sys.stdin), None)["statusCode"])
"""
HANDLERS = {
    "as it is": "from functions.sentry_webhook.app import handler",
    # What it was before, and would be again (docs/decisions/0011).
    "on boto3": """
import boto3
from ferry.adapters.aws import config
from ferry.adapters.ingress import ingress
from ferry.adapters.secrets_manager import SecretsManagerSecrets
from ferry.adapters.sqs import SqsQueue
from ferry.usecases.doors import SENTRY
def aws(url):
    secrets = SecretsManagerSecrets(boto3.client("secretsmanager", config=config()))
    return secrets, SqsQueue(boto3.client("sqs", config=config()), url)
handler = ingress(SENTRY, aws)
""",
}


class _Aws(BaseHTTPRequestHandler):
    """Answers at once: the way to AWS is not Ferry's to shorten."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        secret = self.headers["X-Amz-Target"].startswith("secretsmanager")
        answer = json.dumps({"SecretString": SECRET} if secret else {"MessageId": "1"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


def lines() -> Iterator[str]:
    with _aws() as url, tempfile.TemporaryDirectory() as shipped, tempfile.TemporaryDirectory() as empty:
        ways: dict[str, dict[str, str]] = {
            "with bytecode": {},
            "ours and dependencies anew": _compiling(shipped),  # SAM ships no bytecode, Lambda's Python has its own
            "everything compiled anew": _compiling(empty),
        }
        _library_only(shipped, url)
        for name, more in ways.items():
            for handler, program in HANDLERS.items():
                runs = [_run(url, program, more) for _ in range(RUNS + 1)][1:]
                wall, cpu = (median(figures) for figures in zip(*runs, strict=True))
                yield f"  {name:<27} {handler:<9} {wall:.2f} s, of which own CPU {cpu:.2f} s (interpreter included)"


def _compiling(cache: str) -> dict[str, str]:
    """Bytecode is taken from `cache` alone, and none is kept."""
    return {"PYTHONPYCACHEPREFIX": cache, "PYTHONDONTWRITEBYTECODE": "1"}


def _library_only(cache: str, url: str) -> None:
    """Fill `cache` with the standard library's bytecode, and nobody else's."""
    for program in HANDLERS.values():
        _run(url, program, {"PYTHONPYCACHEPREFIX": cache})
    library = sysconfig.get_path("stdlib")
    for file in Path(cache).rglob("*.pyc"):
        source = "/" / file.relative_to(cache)
        if not source.is_relative_to(library) or "site-packages" in source.parts:
            file.unlink()


@contextmanager
def _aws() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Aws)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def _run(url: str, handler: str, more: Mapping[str, str]) -> tuple[float, float]:
    """Seconds by the clock, and of the process's own CPU."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}",
        "AWS_ENDPOINT_URL": url,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "DELIVERY_QUEUE_URL": f"{url}/1/deliveries",
        "WEBHOOK_SECRET_ID": "secret",
        **more,
    }
    before, begun = _cpu(), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(handler=handler)],
        input=json.dumps(_event()),
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    seconds = time.perf_counter() - begun
    assert done.stdout.strip() == "200", done.stdout + done.stderr
    return seconds, _cpu() - before


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _event() -> Mapping[str, Any]:
    body = json.dumps({"action": "created", "data": {"issue": {"id": "1"}}})
    proof = hmac.new(SECRET.encode(), body.encode(), hashlib.sha256).hexdigest()
    headers = {"Sentry-Hook-Signature": proof, "Sentry-Hook-Resource": "issue", "Request-ID": "bench"}
    return {"headers": headers, "body": body, "isBase64Encoded": False, "pathParameters": None}
