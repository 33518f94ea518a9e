"""A running stack of the small template, one per test module; a lighter engine for the interpreter's mends."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest

from local.aws import mends
from local.stack import Stack, StackSettings, start_stack
from tests.stack.helpers import SMALL_APP, Machines

# `FERRY_SKIP_MENDS=stop_at_once pytest tests/stack/test_mends.py` shows whether moto still needs that mend.
mends.apply(frozenset(os.environ.get("FERRY_SKIP_MENDS", "").split(",")))


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    root = tmp_path_factory.mktemp("checkout") / "sample"
    shutil.copytree(SMALL_APP, root, ignore=shutil.ignore_patterns(".local"))
    running = start_stack(StackSettings(root=root, environment={"PATH": os.environ["PATH"]}, standins={}))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def flow(stack: Stack) -> Machines:
    return Machines(stack.clients("stepfunctions"))
