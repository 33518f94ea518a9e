"""Starts the stand-ins of the vendors that nobody else stands for."""

from __future__ import annotations

import importlib
import shutil
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from local.aws.http import Late, Ports
from local.standins.base import StandIn, StandInSettings

Factory = Callable[[StandInSettings], StandIn]


@dataclass(frozen=True)
class Vendor:
    """`variable` names the environment variable that puts another server in the stand-in's place."""

    name: str
    variable: str
    route: str = ""
    signing: str = ""
    token: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)


VENDORS = (
    Vendor("github", "GITHUB_API_URL", "/webhooks/github", "github_webhook", "github_token"),
    Vendor("jira", "JIRA_BASE_URL", "/webhooks/jira", "jira_webhook", "jira_token"),
    Vendor("slack", "SLACK_API_URL", "/slack/events", "slack_signing", "slack_token"),
    Vendor("sentry", "SENTRY_BASE_URL", "/webhooks/sentry", "sentry_client", "sentry_token"),
    Vendor("bedrock", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME"),
)


def packaged() -> dict[str, Factory]:
    """The factories of `local.standins.<name>`; each package is imported when its stand-in is made."""
    return {vendor.name: _lazily(vendor.name) for vendor in VENDORS}


def _lazily(name: str) -> Factory:
    def create(settings: StandInSettings) -> StandIn:
        factory: Factory = importlib.import_module(f"local.standins.{name}").create
        return factory(settings)

    return create


@dataclass
class StandIns:
    """`urls` is complete after `start`; the stand-ins answer after `wait`, for they are made beside the deployment.

    folder: the checkout's `.local`; extra: by vendor name, see `StandInSettings.extra`
    """

    folder: Path
    factories: Mapping[str, Factory]
    extra: Mapping[str, Mapping[str, str]]
    secrets: Mapping[str, str]
    environment: Mapping[str, str]
    opened: ExitStack
    urls: dict[str, str] = field(default_factory=dict)
    _making: list[Future[None]] = field(default_factory=list)

    def start(self, api: str, ports: Ports) -> None:
        maker = ThreadPoolExecutor(max_workers=2, thread_name_prefix="stand-in")
        self.opened.callback(maker.shutdown)
        for vendor in VENDORS:
            self.urls[vendor.name] = self.environment.get(vendor.variable, "").rstrip("/")
            if not self.urls[vendor.name] and vendor.name in self.factories:
                late = Late()
                self.urls[vendor.name] = ports.serve(vendor.name, late)
                self._making.append(maker.submit(self._make, vendor, late, api))

    def wait(self) -> None:
        """Raises what went wrong while a stand-in was made."""
        for made in self._making:
            made.result()

    def addresses(self) -> dict[str, str]:
        """Each vendor's address by its variable, for the template's parameters."""
        return {vendor.variable: self.urls[vendor.name] for vendor in VENDORS if self.urls[vendor.name]}

    def _make(self, vendor: Vendor, late: Late, api: str) -> None:
        state = self.folder / "standins" / vendor.name
        state.mkdir(parents=True, exist_ok=True)
        extra = dict(self.extra.get(vendor.name, {}))
        if vendor.name == "github" and "sample" not in extra:
            extra["sample"] = str(_sample(self.folder / "sample", state))
        standin = self.factories[vendor.name](
            StandInSettings(
                url=self.urls[vendor.name],
                state=state,
                deliver_to=api + vendor.route if vendor.route else "",
                webhook_secret=self.secrets.get(vendor.signing, ""),
                token=self.secrets.get(vendor.token, ""),
                extra=extra,
            )
        )
        self.opened.callback(standin.close)
        late.app = standin.app


def _sample(folder: Path, state: Path) -> Path:
    """The sample organisation's repositories, built for a GitHub stand-in that has none of its own yet."""
    from local.sample.build import build_organisation

    if not (state / "repos").exists():
        shutil.rmtree(folder, ignore_errors=True)
        build_organisation(folder)
    return folder
