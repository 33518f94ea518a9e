"""The plain Python runtime client answers as awslambdaric does, where awslambdaric's native part is missing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.aws.functions import Function, FunctionProcess
from tests.stack.helpers import SMALL_APP

pytestmark = pytest.mark.stack


@pytest.fixture(params=["awslambdaric", "local.aws.runtime_client"])
def process(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FunctionProcess]:
    if request.param == "awslambdaric":
        pytest.importorskip("runtime_client", reason="awslambdaric has no native part here")
    function = Function("f", "arn:f", "functions.probe.app.handler", SMALL_APP, tmp_path / "log", timeout=2)
    running = FunctionProcess(function, client=request.param)
    yield running
    running.kill()


def test_a_result_and_an_error_come_back_in_lambdas_form(process: FunctionProcess) -> None:
    fine = process.invoke(b'{"value": 1}')
    failed = process.invoke(b'{"do": "raise"}')
    told = json.loads(failed.payload)
    assert (json.loads(fine.payload)["echo"], fine.error, failed.error) == (1, "", "Unhandled")
    assert (told["errorType"], told["errorMessage"]) == ("TransientError", "the forge is busy")


def test_a_time_out_ends_the_process(process: FunctionProcess) -> None:
    answer = process.invoke(b'{"do": "sleep", "seconds": 30}')
    assert (json.loads(answer.payload)["errorType"], process.alive) == ("Sandbox.Timedout", False)
