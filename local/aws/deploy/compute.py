"""Creators of what runs: functions, state machines, and everything that calls them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from local.aws.deploy.deployment import Deployment, QueueSource, Route, Schedule
from local.aws.deploy.intrinsics import Resource, TemplateError
from local.aws.deploy.template import parse_yaml
from local.aws.engine import ACCOUNT
from local.aws.functions import Function
from local.aws.runner import plain_name

Properties = dict[str, Any]
_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_METHODS = {"get", "post", "put", "patch", "delete", "head", "options", "x-amazon-apigateway-any-method"}


def function(deployment: Deployment, logical_id: str, properties: Properties) -> Resource:
    name = deployment.physical(logical_id, properties.get("FunctionName"))
    arn = deployment.arn("lambda", f"function:{name}")
    variables = properties.get("Environment", {}).get("Variables", {})
    key = deployment.permissions.admit(logical_id, properties.get("Role", ""))
    deployment.runner.register(
        Function(
            name=name,
            arn=arn,
            handler=deployment.handlers.get(logical_id, properties["Handler"]),
            root=deployment.root,
            log=deployment.logs / f"{logical_id}.log",
            timeout=float(properties.get("Timeout", 3)),
            memory=int(properties.get("MemorySize", 128)),
            environment={
                "AWS_ACCESS_KEY_ID": key,
                **deployment.environment,
                **{name: str(value) for name, value in variables.items()},
            },
        )
    )
    deployment.functions[logical_id] = name
    return Resource(name, {"Arn": arn})


def alias(deployment: Deployment, logical_id: str, properties: Properties) -> Resource:
    """Locally an alias is the function itself."""
    arn = deployment.arn("lambda", f"function:{plain_name(properties['FunctionName'])}")
    return Resource(arn, {"Arn": arn, "AliasArn": arn})


def version(deployment: Deployment, logical_id: str, properties: Properties) -> Resource:
    arn = deployment.arn("lambda", f"function:{plain_name(properties['FunctionName'])}")
    return Resource(arn, {"FunctionArn": arn, "Version": "$LATEST"})


def invoke_config(deployment: Deployment, logical_id: str, properties: Properties) -> Resource:
    retries = int(properties.get("MaximumRetryAttempts", 2))
    deployment.runner.set_retries(properties["FunctionName"], retries)
    return Resource(logical_id)


def state_machine(deployment: Deployment, logical_id: str, properties: Properties) -> Resource:
    name = deployment.physical(logical_id, properties.get("StateMachineName"))
    created = deployment.clients("stepfunctions").create_state_machine(
        name=name,
        definition=_definition(deployment, logical_id, properties),
        roleArn=properties.get("RoleArn", f"arn:aws:iam::{ACCOUNT}:role/local"),
        type=properties.get("StateMachineType", "STANDARD"),
    )
    arn = created["stateMachineArn"]
    deployment.machines[_stem(logical_id, properties)] = arn
    return Resource(arn, {"Arn": arn, "Name": name})


def _definition(deployment: Deployment, logical_id: str, properties: Properties) -> str:
    """JSON. As on AWS, `${Name}` is replaced in the text before it is read, so an unquoted one may be a number."""
    substitutions = properties.get("DefinitionSubstitutions", {})
    if place := properties.get("DefinitionS3Location"):
        path = deployment.root / place["Key"]
        if not path.is_file():
            raise TemplateError(f"{logical_id}: {place['Key']} does not exist")
        text = path.read_text(encoding="utf-8")
    else:
        text = properties.get("DefinitionString") or json.dumps(properties["Definition"])
    return json.dumps(parse_yaml(_substituted(logical_id, text, substitutions)))


def _substituted(logical_id: str, text: str, substitutions: Properties) -> str:
    def value(match: re.Match[str]) -> str:
        if match[1] not in substitutions:
            raise TemplateError(f"{logical_id}: ${{{match[1]}}} is not in DefinitionSubstitutions")
        return str(substitutions[match[1]])

    return re.sub(r"\$\{([A-Za-z0-9_]+)\}", value, text)


def _stem(logical_id: str, properties: Properties) -> str:
    place = properties.get("DefinitionS3Location")
    return Path(place["Key"]).name.split(".")[0] if place else logical_id


def event_source(deployment: Deployment, logical_id: str, properties: Properties) -> Resource:
    source = str(properties.get("EventSourceArn", ""))
    if ":sqs:" not in source:
        raise TemplateError(f"{logical_id}: the local stack knows SQS as an event source, not {source}")
    deployment.queues.append(
        QueueSource(
            queue_arn=source,
            function=properties["FunctionName"],
            batch_size=int(properties.get("BatchSize", 10)),
            window=float(properties.get("MaximumBatchingWindowInSeconds", 0)),
            partial="ReportBatchItemFailures" in properties.get("FunctionResponseTypes", []),
        )
    )
    return Resource(logical_id, {"Id": logical_id})


def rule(deployment: Deployment, logical_id: str, properties: Properties) -> Resource:
    """An EventBridge rule; only its schedule means something locally."""
    expression = properties.get("ScheduleExpression", "")
    if not expression:
        raise TemplateError(f"{logical_id}: the local stack has no event bus, so an event pattern would never fire")
    for target in properties.get("Targets", []):
        _schedule(deployment, logical_id, properties, expression, target)
    return Resource(logical_id, {"Arn": deployment.arn("events", f"rule/{logical_id}")})


def scheduler(deployment: Deployment, logical_id: str, properties: Properties) -> Resource:
    _schedule(deployment, logical_id, properties, properties["ScheduleExpression"], properties["Target"])
    return Resource(logical_id, {"Arn": deployment.arn("scheduler", f"schedule/default/{logical_id}")})


def _schedule(
    deployment: Deployment, logical_id: str, properties: Properties, expression: str, target: Properties
) -> None:
    if properties.get("State") == "DISABLED":
        return
    rate = re.fullmatch(r"rate\((\d+) (second|minute|hour|day)s?\)", expression)
    if not rate:
        deployment.notes.append(f"{logical_id}: {expression} does not fire locally; only rate(…) does")
        return
    seconds = int(rate[1]) * _UNITS[rate[2]]
    deployment.schedules.append(Schedule(logical_id, seconds, target["Arn"], target.get("Input", "")))


def rest_api(deployment: Deployment, logical_id: str, properties: Properties) -> Resource:
    """The routes stand in the OpenAPI body that SAM makes of the functions' events."""
    for path, methods in properties.get("Body", {}).get("paths", {}).items():
        for method, operation in methods.items():
            integration = operation.get("x-amazon-apigateway-integration", {}) if method in _METHODS else {}
            called = re.search(r"/functions/(arn:[^/]+)/invocations", str(integration.get("uri", "")))
            if called:
                verb = "ANY" if method.startswith("x-") else method.upper()
                deployment.routes.append(Route(verb, path, plain_name(called[1])))
    return Resource(logical_id, {"RootResourceId": "root", "RestApiId": logical_id})
