"""A cold Sentry webhook, from the start of a fresh process to its answer (median of 9; Sentry waits 1 s)"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import resource
import subprocess
import sys
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
from functions.sentry_webhook.app import handler
print(handler(json.load(sys.stdin), None)["statusCode"])
"""


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
    with _aws() as url, tempfile.TemporaryDirectory() as empty:
        ways: dict[str, dict[str, str]] = {
            "with bytecode": {},
            # SAM ships none, so that a cold start compiles; here the standard library too, which Lambda's has ready.
            "everything compiled anew": {"PYTHONPYCACHEPREFIX": empty, "PYTHONDONTWRITEBYTECODE": "1"},
        }
        for name, more in ways.items():
            runs = [_run(url, more) for _ in range(RUNS + 1)][1:]
            wall, cpu = (median(figures) for figures in zip(*runs, strict=True))
            yield f"  {name:<26} {wall:.2f} s, of which own CPU {cpu:.2f} s (the interpreter's start included)"


@contextmanager
def _aws() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Aws)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def _run(url: str, more: Mapping[str, str]) -> tuple[float, float]:
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
        [sys.executable, "-c", PROGRAM],
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
