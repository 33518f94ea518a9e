"""State "Mend": one named mend of the sweep."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger

from ferry.adapters.wiring import CloudWorld
from ferry.domain.incident import read_thresholds
from ferry.settings import read
from ferry.usecases.sweep import SweepRules, sweep

logger = Logger(service="sweep")


@dataclass(frozen=True)
class SweepSettings:
    """incident_thresholds: e.g. ``fatal=1,error=10``; sentry_org: empty where no errors are watched."""

    trigger_label: str
    incident_thresholds: tuple[str, ...] = ()
    sentry_org: str = ""


@cache
def _wiring() -> tuple[CloudWorld, SweepRules]:
    settings = read(SweepSettings, os.environ)
    rules = SweepRules(
        label=settings.trigger_label,
        watches_errors=bool(settings.sentry_org),
        thresholds=read_thresholds(settings.incident_thresholds),
    )
    return CloudWorld.from_environment(), rules


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    mended = sweep(event["mend"], *_wiring())
    logger.info("swept", mend=event["mend"], mended=mended)
    return {"mend": event["mend"], "mended": mended}
