"""The command line over a world in memory."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from ferry.cli.main import main
from ferry.domain.approval import Approval
from tests.unit.usecases.conftest import TASK, FakeWorld, request_approval
from tests.unit.usecases.conftest import planned as planned
from tests.unit.usecases.conftest import world as world


@dataclass
class Said:
    code: int
    out: str
    err: str


Cli = Callable[..., Said]


@pytest.fixture
def cli(planned: FakeWorld) -> Cli:
    def run(*arguments: str) -> Said:
        out, err = io.StringIO(), io.StringIO()
        code = main(arguments, connect=lambda _: planned, out=out, err=err)
        return Said(code, out.getvalue(), err.getvalue())

    return run


@pytest.fixture
def approval(planned: FakeWorld) -> Approval:
    return request_approval(TASK, 1, "token", planned)
