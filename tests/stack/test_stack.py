"""The stack's life: one per checkout, ports, secrets, replaced vendors, what is kept, and a clean end."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from local.aws.claim import StackRunningError
from local.aws.deploy.deployment import Clients
from local.aws.http import PortError
from local.stack import ROOT, Stack, StackSettings, start_stack
from local.standins.base import StandIn, StandInSettings
from tests.stack.helpers import SMALL_APP, Machines, eventually, http

pytestmark = pytest.mark.stack
Start = Callable[..., Stack]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    root = tmp_path / "checkout"
    shutil.copytree(SMALL_APP, root, ignore=shutil.ignore_patterns(".local"))
    return root


@pytest.fixture
def start(checkout: Path) -> Iterator[Start]:
    started: list[Stack] = []

    def begin(**settings: Any) -> Stack:
        given = {"root": checkout, "environment": {}, "standins": {}, "warm": False} | settings
        started.append(start_stack(StackSettings(**given)))
        return started[-1]

    yield begin
    for stack in started:
        stack.stop()


def test_stack_json_is_private_and_goes_with_the_stack(start: Start) -> None:
    stack = start()
    said = json.loads(stack.path.read_text())
    mode = stack.path.stat().st_mode & 0o777
    stack.stop()
    assert (said, mode, stack.path.exists()) == (stack.info, 0o600, False)


def test_a_second_stack_of_a_checkout_is_refused_with_the_process(start: Start) -> None:
    start()
    with pytest.raises(StackRunningError, match=f"process {os.getpid()}"):
        start()


def test_a_stack_json_of_a_dead_process_is_no_obstacle(checkout: Path, start: Start) -> None:
    (checkout / ".local").mkdir()
    (checkout / ".local" / "stack.json").write_text('{"api": "http://127.0.0.1:1"}')
    (checkout / ".local" / "stack.lock").write_text("1")
    assert start().info["api"] != "http://127.0.0.1:1"


def test_records_and_artifacts_survive_a_restart_and_lost_executions_are_named(start: Start) -> None:
    first = start()
    first.clients("dynamodb").put_item(
        TableName=first.info["table"], Item={"pk": {"S": "TASK#1"}, "sk": {"S": "META"}, "b": {"B": b"\x00\xff"}}
    )
    first.clients("s3").put_object(Bucket=first.outputs["BucketName"], Key="a/plan.md", Body=b"# plan \xff")
    waiting = {"path": "token", "file": "/dev/null", "timeout": 60, "heartbeat": 30}
    arn = Machines(first.clients("stepfunctions")).start_again(first.info["state_machines"]["flow"], waiting)
    first.stop()
    again = start()
    items = again.clients("dynamodb").scan(TableName=again.info["table"])["Items"]
    body = again.clients("s3").get_object(Bucket=again.outputs["BucketName"], Key="a/plan.md")["Body"].read()
    assert (items[0]["b"], body) == ({"B": b"\x00\xff"}, b"# plan \xff")
    assert again.lost == [arn.rpartition(":")[2]]


def test_secrets_are_random_kept_and_replaceable(checkout: Path, start: Start) -> None:
    first = start()
    first.stop()
    again = start(environment={"FERRY_SECRET_JIRA_TOKEN": "given"})
    kept = checkout / ".local" / "secrets.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert again.info["secrets"] == first.info["secrets"] | {"jira_token": "given"}


def _vendor(settings: StandInSettings) -> StandIn:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps([settings.url, settings.deliver_to, settings.token]).encode()]

    return StandIn("jira", app)


def test_a_stand_in_knows_its_address_its_token_and_where_to_deliver(start: Start) -> None:
    stack = start(standins={"jira": _vendor})
    info = stack.info
    _, said, _ = http(info["jira"], "/")
    assert said == [info["jira"], f"{info['api']}/webhooks/jira", info["secrets"]["jira_token"]]


def test_a_replaced_vendor_starts_no_stand_in_and_reaches_the_functions(start: Start) -> None:
    stack = start(standins={"github": _vendor}, environment={"GITHUB_API_URL": "http://127.0.0.1:4001/"})
    reply = stack.clients("lambda").invoke(FunctionName=stack.functions["Probe"], Payload=b'{"do": "environment"}')
    seen = json.loads(reply["Payload"].read())
    assert stack.info["github"] == "http://127.0.0.1:4001"
    assert seen["GITHUB_API_URL"] == "http://127.0.0.1:4001"


def _taken(ports: range) -> socket.socket:
    for port in ports:
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return socket.create_server(("127.0.0.1", port + 1))
    raise AssertionError("no two free ports in a row")


def test_port_base_fixes_the_ports_and_a_taken_one_is_named(start: Start) -> None:
    # Below the ports that systems hand out by themselves, so that only this test takes one.
    with _taken(range(20000, 30000)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortError, match=f"port {port} .aws."):
            start(environment={"PORT_BASE": str(port - 1)})
    stack = start(environment={"PORT_BASE": str(port - 1)})
    assert stack.info["aws"].endswith(f":{port}")


def test_a_stop_leaves_no_process_behind(start: Start) -> None:
    stack = start(warm=True)
    mine = f"/proc/{os.getpid()}/task"
    if not Path(mine).exists():
        pytest.skip("needs Linux's /proc")

    def children() -> list[str]:
        found: list[str] = []
        for task in Path(mine).iterdir():
            with suppress(FileNotFoundError):  # the thread has ended since
                found += (task / "children").read_text().split()
        return found

    eventually(children)
    stack.stop()
    assert eventually(lambda: not children())


@contextmanager
def up(checkout: Path) -> Iterator[subprocess.Popen[str]]:
    """A stack of `checkout` in a process of its own, as `make up` starts it; it has published its addresses."""
    code = (
        "import sys; from pathlib import Path; import local.__main__ as up; import local.stack as stack;"
        "settings = stack.StackSettings(root=Path(sys.argv[1]), standins={});"
        "sys.exit(up.main(['up'], settings))"
    )
    command = [sys.executable, "-c", code, str(checkout)]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            eventually((checkout / ".local" / "stack.json").exists, 30)
            yield process
        finally:
            process.kill()


def test_up_runs_until_it_is_told_to_stop(checkout: Path) -> None:
    with up(checkout) as process:
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=20)
    assert (process.returncode, (checkout / ".local" / "stack.json").exists()) == (0, False)
    assert "The stack is up after" in said
    assert "executions that waited are gone" in said


def test_two_checkouts_run_side_by_side_and_know_nothing_of_each_other(checkout: Path, tmp_path: Path) -> None:
    other = shutil.copytree(SMALL_APP, tmp_path / "other", ignore=shutil.ignore_patterns(".local"))
    key = {"pk": {"S": "TASK#1"}, "sk": {"S": "META"}}

    with up(checkout) as first, up(other):
        here, there = (json.loads((root / ".local" / "stack.json").read_text()) for root in (checkout, other))
        tables = [Clients(said["aws"], said["region"])("dynamodb") for said in (here, there)]
        tables[0].put_item(TableName=here["table"], Item=key)
        found = [table.scan(TableName=here["table"])["Items"] for table in tables]
        first.send_signal(signal.SIGTERM)
        first.communicate(timeout=20)
        left = tables[1].scan(TableName=there["table"])["Items"]
        published = (other / ".local" / "stack.json").exists()

    assert {here["api"], here["aws"]}.isdisjoint({there["api"], there["aws"]})
    assert set(here["secrets"].values()).isdisjoint(there["secrets"].values())
    assert (found, left, published) == ([[key], []], [], True)
