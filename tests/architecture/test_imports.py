"""The dependency rule: what a folder may import is checked, not wished."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.sam_local.events import SENDERS, sample_events, signed
from tests.fakes.aws_server import Answer, aws_server
from tests.template import ROOT

VENDORS = {"boto3", "botocore", "requests", "slack_sdk", "slack_bolt", "jwt", "mcp", "aws_lambda_powertools"}
FORBIDDEN = {
    "src/ferry/domain": VENDORS | {"os", "ferry.ports", "ferry.usecases", "ferry.adapters", "ferry.agentkit"},
    "src/ferry/usecases": VENDORS | {"os", "ferry.adapters", "functions", "agents"},
    "src/ferry/agentkit": VENDORS | {"ferry.adapters", "ferry.usecases", "functions", "agents"},
    "src/ferry/cli": VENDORS | {"functions", "agents"},
    "functions": VENDORS - {"aws_lambda_powertools"} | {"agents"},
    "agents": VENDORS | {"functions"},
}
NOBODY_IMPORTS = {"local", "tests", "bench"}


def imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def breaks(names: set[str], module: str) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in names)


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_no_folder_imports_what_it_may_not(folder: str) -> None:
    files = list((ROOT / folder).rglob("*.py"))
    wrong = {
        f"{file.relative_to(ROOT)} imports {module}"
        for file in files
        for module in imports(file)
        if breaks(FORBIDDEN[folder] | NOBODY_IMPORTS, module)
    }

    assert files
    assert not wrong


def test_an_agent_imports_no_other_agent() -> None:
    wrong = {
        f"{file.relative_to(ROOT)} imports {module}"
        for agent in (ROOT / "agents").iterdir()
        if agent.is_dir()
        for file in agent.rglob("*.py")
        for module in imports(file)
        if module.startswith("agents.") and not breaks({f"agents.{agent.name}"}, module)
    }

    assert not wrong


FIRST_DELIVERY = """
import json, sys
from functions.{function}.app import handler
status = handler(json.load(sys.stdin), None)["statusCode"]
print(status, *sorted(sys.modules))
"""


@pytest.mark.parametrize("folder", sorted(SENDERS))
def test_an_ingress_function_loads_nothing_heavy_up_to_its_first_answer(folder: str) -> None:
    """Sentry waits one second, cold start included, and what SAM ships is compiled at each cold start."""
    sample = next(sample for sample in sample_events() if sample.folder == folder)
    event = signed(sample.filled({}), SENDERS[folder], "secret", time.time())
    with aws_server() as aws:
        aws.usual = {"secretsmanager.GetSecretValue": Answer({"SecretString": "secret"})}
        status, *loaded = subprocess.run(
            [sys.executable, "-c", FIRST_DELIVERY.format(function=folder)],
            input=json.dumps(event),
            capture_output=True,
            text=True,
            check=True,
            env={
                "PYTHONPATH": f"{ROOT}:{ROOT}/src",
                "AWS_ENDPOINT_URL": aws.url,
                "AWS_REGION": "us-east-1",
                "AWS_ACCESS_KEY_ID": "test",
                "AWS_SECRET_ACCESS_KEY": "test",
                "DELIVERY_QUEUE_URL": "queue",
                "WEBHOOK_SECRET_ID": "secret",
            },
        ).stdout.split()

    assert status == "200"
    assert aws.asked[-1].headers["x-amz-target"] == "AmazonSQS.SendMessage"
    assert not (VENDORS | {"pydantic", "urllib3"}) & set(loaded)
