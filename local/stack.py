"""The embedded stack: template.yaml on this machine, with stand-ins for the vendors. No AWS account, no Docker."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.aws import keep
from local.aws.claim import Claim
from local.aws.deploy.deployer import deploy
from local.aws.deploy.deployment import Clients, Deployment
from local.aws.engine import ACCOUNT, start_engine
from local.aws.faults import Faults
from local.aws.http import Late, Ports
from local.aws.keys import by_logical_id, stack_secrets
from local.aws.permissions.grants import Permissions
from local.aws.pollers import Bell, Poller
from local.aws.runner import Runner
from local.aws.schedules import Ticker
from local.aws.surroundings import EXTRA, facts, parameters, sdk_variables
from local.aws.vendors import Factory, StandIns, packaged
from local.front import MAX_BODY, Front

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class StackSettings:
    """`root` is a checkout: its template is deployed, its `.local` holds logs, secrets and state.

    environment: parameter overrides, vendors' base URLs, PORT_BASE, FERRY_SECRET_<NAME>
    standins: by vendor name; a vendor with neither a factory nor a base URL has the address ""
    extra: additions to a stand-in's `StandInSettings.extra`, by vendor name
    function_environment: variables for every function, weaker than those of the template
    warm: start every function's process in the background, so that its first call does not wait
    handlers: another handler for a function, by its logical id
    faults: which calls to AWS are refused
    """

    root: Path = ROOT
    template: str = "template.yaml"
    region: str = "us-east-1"
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    standins: Mapping[str, Factory] = field(default_factory=packaged)
    extra: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    function_environment: Mapping[str, str] = field(default_factory=dict)
    max_body: int = MAX_BODY
    warm: bool = True
    handlers: Mapping[str, str] = field(default_factory=dict)
    faults: Faults | None = None

    @property
    def folder(self) -> Path:
        return self.root / ".local"


@dataclass(frozen=True)
class Stack:
    """`info` is what stack.json (at `path`) says; `times` are seconds per part of the start.

    outputs: the template's; notes: what of the template does nothing here; functions: name by logical id
    lost: names of the executions that were running when this checkout's last stack stopped
    """

    info: dict[str, Any]
    path: Path
    outputs: dict[str, Any]
    notes: list[str]
    lost: list[str]
    times: dict[str, float]
    clients: Clients
    runner: Runner
    functions: dict[str, str]
    _opened: ExitStack

    def stop(self) -> None:
        """Ends every server and process, saves tables and buckets, removes stack.json. May be called twice."""
        self._opened.close()

    def kill(self, logical_id: str) -> int:
        """SIGKILL the function's running processes; answers how many there were."""
        return self.runner.kill(self.functions[logical_id])


def start_stack(settings: StackSettings | None = None) -> Stack:
    """Start everything and write stack.json; whatever goes wrong, nothing stays behind.

    StackRunningError if this checkout has a running stack, PortError, TemplateError; OSError and ValueError of a
    stand-in that cannot start.
    """
    opened = ExitStack()
    try:
        return _Start(settings or StackSettings(), opened).run()
    except BaseException:
        opened.close()
        raise


class _Start:
    def __init__(self, settings: StackSettings, opened: ExitStack) -> None:
        self._settings = settings
        self._opened = opened
        # An empty variable counts as unset, so `make up PORT_BASE=` is the same as `make up`.
        self._environment = {name: value for name, value in settings.environment.items() if value}
        self._times: dict[str, float] = {}
        self._runner = Runner()
        self._bell = Bell()
        self._permissions = Permissions(ACCOUNT)

    def run(self) -> Stack:
        settings = self._settings
        claim = Claim(settings.folder)
        self._opened.callback(claim.release)
        ports = Ports(self._environment, self._opened.callback)
        secrets = stack_secrets(settings.folder / "secrets.json", self._environment)
        front, aws = Front(self._runner, max_body=settings.max_body), Late()
        addresses = {"api": ports.serve("api", front), "aws": ports.serve("aws", aws)}
        with self._timed("engine"):
            engine = start_engine(
                self._runner,
                aws,
                addresses["aws"],
                on_sent=self._bell.ring,
                faults=settings.faults,
                permissions=self._permissions,
            )
        self._opened.callback(engine.stop)
        standins = self._standins(addresses["api"], ports, secrets)
        with self._timed("deploy"):
            deployment = self._deployed(addresses, standins, secrets)
        with self._timed("stand-ins"):
            standins.wait()
        with self._timed("state"):
            lost = keep.load(deployment, settings.folder / "state")
        self._opened.callback(keep.stop_and_save, deployment, engine, settings.folder / "state")
        self._connect(deployment, front)
        info = {**addresses, **standins.urls, **facts(deployment, self._environment), "secrets": secrets}
        path = claim.publish(info)
        self._opened.callback(claim.withdraw)
        found = (deployment.outputs, deployment.notes, lost, self._times)
        return Stack(info, path, *found, deployment.clients, self._runner, deployment.functions, self._opened)

    def _standins(self, api: str, ports: Ports, secrets: Mapping[str, str]) -> StandIns:
        settings = self._settings
        extra = {name: {**known, **settings.extra.get(name, {})} for name, known in EXTRA.items()}
        standins = StandIns(settings.folder, settings.standins, extra, secrets, self._environment, self._opened)
        standins.start(api, ports)
        return standins

    def _deployed(self, addresses: Mapping[str, str], standins: StandIns, secrets: Mapping[str, str]) -> Deployment:
        settings = self._settings
        variables = sdk_variables(addresses["aws"], settings.region, standins.urls["bedrock"])
        deployment = Deployment(
            name="ferry-local",
            region=settings.region,
            root=settings.root,
            logs=settings.folder / "logs",
            clients=Clients(addresses["aws"], settings.region),
            runner=self._runner,
            secrets=by_logical_id(secrets),
            environment={**variables, **settings.function_environment},
            handlers=settings.handlers,
            permissions=self._permissions,
        )
        values = {**parameters(addresses["api"]), **self._environment, **standins.addresses()}
        deploy(deployment, settings.root / settings.template, values)
        return deployment

    def _connect(self, deployment: Deployment, front: Front) -> None:
        clients, runner = deployment.clients, self._runner
        for source in deployment.queues:
            poller = Poller(source, clients, runner, self._bell, deployment.region)
            poller.start()
            self._opened.callback(poller.stop)
        for schedule in deployment.schedules:
            ticker = Ticker(schedule, clients, runner)
            ticker.start()
            self._opened.callback(ticker.stop)
        front.set_routes(deployment.routes)
        if self._settings.warm:
            runner.warm(runner.names())

    @contextmanager
    def _timed(self, part: str) -> Iterator[None]:
        begun = time.monotonic()
        yield
        self._times[part] = time.monotonic() - begun
