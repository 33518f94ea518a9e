"""Fires the template's schedules: functions as queued invocations, state machines as new executions."""

from __future__ import annotations

import json
import logging
import threading
import uuid
from datetime import UTC, datetime

from botocore.exceptions import BotoCoreError, ClientError

from local.aws.deploy.deployment import Clients, Schedule
from local.aws.runner import Runner

LOG = logging.getLogger(__name__)


class Ticker:
    """One thread per schedule; the first firing comes after one whole interval, as with EventBridge."""

    def __init__(self, schedule: Schedule, clients: Clients, runner: Runner) -> None:
        self._schedule = schedule
        self._clients = clients
        self._runner = runner
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._tick, name=f"schedule-{schedule.name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join(timeout=2)

    def _tick(self) -> None:
        while not self._stopped.wait(self._schedule.seconds):
            try:
                self._fire()
            except (BotoCoreError, ClientError) as error:
                LOG.warning("schedule %s could not start its target: %s", self._schedule.name, error)

    def _fire(self) -> None:
        payload = self._schedule.payload or json.dumps(self._event())
        if ":states:" in self._schedule.target:
            self._clients("stepfunctions").start_execution(
                stateMachineArn=self._schedule.target, name=str(uuid.uuid4()), input=payload
            )
        else:
            self._runner.invoke_event(self._schedule.target, payload.encode())

    def _event(self) -> dict[str, object]:
        now = datetime.now(tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        kind = {"version": "0", "source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}
        return {**kind, "id": str(uuid.uuid4()), "time": now, "resources": [self._schedule.name]}
