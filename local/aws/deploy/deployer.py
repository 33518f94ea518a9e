"""Deploys template.yaml into the embedded AWS, resource by resource, in the order in which they need each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from local.aws.deploy import compute, data, identity
from local.aws.deploy.deployment import Deployment
from local.aws.deploy.intrinsics import NO_VALUE, Resource, Scope, TemplateError, mentioned
from local.aws.deploy.template import parameter_values, read_yaml, translate
from local.aws.engine import ACCOUNT

Creator = Callable[[Deployment, str, dict[str, Any]], Resource]

CREATORS: Mapping[str, Creator] = {
    "AWS::DynamoDB::Table": data.table,
    "AWS::S3::Bucket": data.bucket,
    "AWS::SQS::Queue": data.queue,
    "AWS::SecretsManager::Secret": data.secret,
    "AWS::IAM::Role": identity.role,
    "AWS::Lambda::Function": compute.function,
    "AWS::Lambda::Alias": compute.alias,
    "AWS::Lambda::Version": compute.version,
    "AWS::Lambda::EventInvokeConfig": compute.invoke_config,
    "AWS::Lambda::EventSourceMapping": compute.event_source,
    "AWS::StepFunctions::StateMachine": compute.state_machine,
    "AWS::Events::Rule": compute.rule,
    "AWS::Scheduler::Schedule": compute.scheduler,
    "AWS::ApiGateway::RestApi": compute.rest_api,
}

MEANS_NOTHING_LOCALLY = (
    "AWS::ApiGateway::Account",
    "AWS::ApiGateway::Deployment",
    "AWS::ApiGateway::Stage",
    "AWS::ApiGateway::UsagePlan",
    "AWS::BedrockAgentCore::",
    "AWS::CloudWatch::",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::KMS::",
    "AWS::Lambda::LayerVersion",
    "AWS::Lambda::Permission",
    "AWS::Logs::",
    "AWS::S3::BucketPolicy",
    "AWS::Scheduler::ScheduleGroup",
    "AWS::SecretsManager::ResourcePolicy",
    "AWS::SNS::",
    "AWS::SQS::QueuePolicy",
    "AWS::StepFunctions::StateMachineAlias",
    "AWS::StepFunctions::StateMachineVersion",
    "AWS::WAFv2::",
)
"""Exact types, or families that end in ``::``."""


class _Invented(dict[str, str]):
    """Attributes of a resource that exists in name only."""

    def __init__(self, logical_id: str, arn: str) -> None:
        super().__init__(Arn=arn)
        self._logical_id = logical_id

    def __missing__(self, attribute: str) -> str:
        return f"{self._logical_id}.{attribute}"


def deploy(deployment: Deployment, template_path: Path, environment: Mapping[str, str]) -> None:
    """Fill `deployment`. TemplateError names what the template asks for that is missing, wrong or unknown."""
    template = read_yaml(template_path)
    values = parameter_values(template, environment)
    translated = translate(template, values, deployment.region)
    scope = Scope(
        {**values, **_pseudo_parameters(deployment)},
        translated.get("Mappings") or {},
        translated.get("Conditions") or {},
    )
    resources = {
        name: resource
        for name, resource in translated["Resources"].items()
        if "Condition" not in resource or scope.holds(resource["Condition"])
    }
    for name in _in_order(resources):
        scope.resources[name] = _create(deployment, scope, name, resources[name])
    for name, output in (template.get("Outputs") or {}).items():
        if "Condition" not in output or scope.holds(output["Condition"]):
            deployment.outputs[name] = scope.resolve(output["Value"])


def _create(deployment: Deployment, scope: Scope, name: str, resource: dict[str, Any]) -> Resource:
    kind = resource["Type"]
    if _means_nothing(kind):
        return Resource(name, _Invented(name, f"arn:aws:local:::{name}"))
    if kind not in CREATORS:
        raise TemplateError(f"{name}: the local stack has no creator for {kind} (local/aws/deploy/deployer.py)")
    properties = scope.resolve(resource.get("Properties", {}))
    return CREATORS[kind](deployment, name, {} if properties is NO_VALUE else properties)


def _means_nothing(kind: str) -> bool:
    return any(kind.startswith(known) if known.endswith("::") else kind == known for known in MEANS_NOTHING_LOCALLY)


def _in_order(resources: Mapping[str, Any]) -> Iterable[str]:
    graph = {name: _needs(resource) & resources.keys() - {name} for name, resource in resources.items()}
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise TemplateError(f"circular dependency: {' -> '.join(error.args[1])}") from error


def _needs(resource: Mapping[str, Any]) -> set[str]:
    if _means_nothing(resource["Type"]):
        return set()
    explicit = resource.get("DependsOn", [])
    return {*mentioned(resource.get("Properties", {})), *([explicit] if isinstance(explicit, str) else explicit)}


def _pseudo_parameters(deployment: Deployment) -> dict[str, str]:
    return {
        "AWS::AccountId": ACCOUNT,
        "AWS::Partition": "aws",
        "AWS::Region": deployment.region,
        "AWS::StackId": deployment.arn("cloudformation", f"stack/{deployment.name}/local"),
        "AWS::StackName": deployment.name,
        "AWS::URLSuffix": "amazonaws.com",
    }
