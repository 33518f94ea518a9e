"""What the team decided about template.yaml and no linter knows."""

from __future__ import annotations

import pytest

from local.aws.deploy.intrinsics import Resource, Scope
from tests.template import ROOT, resources, template

FUNCTIONS = resources("AWS::Serverless::Function")
SECRETS = resources("AWS::SecretsManager::Secret")


@pytest.fixture(params=sorted(FUNCTIONS))
def function(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_function_keeps_its_import_path(function: str) -> None:
    properties = FUNCTIONS[function]
    package = properties["CodeUri"].rstrip("/").replace("/", ".")

    assert template()["Resources"][function]["Metadata"]["BuildProperties"] == {
        "ParentPackageMode": "explicit",
        "ParentPackages": package,
    }
    assert properties["Handler"] == f"{package}.app.handler"


def test_a_function_is_called_like_its_folder(function: str) -> None:
    kind, folder = FUNCTIONS[function]["CodeUri"].rstrip("/").split("/")
    stem = "".join(word.title() for word in folder.split("_"))

    assert function == f"{stem}{'Function' if kind == 'functions' else 'Agent'}"


def test_every_folder_is_deployed() -> None:
    folders = {
        f"{kind}/{path.name}/"
        for kind in ("functions", "agents")
        for path in (ROOT / kind).iterdir()
        if (path / "app.py").exists()
    }

    assert folders == {properties["CodeUri"] for properties in FUNCTIONS.values()}


def test_a_function_has_a_log_that_ends(function: str) -> None:
    assert FUNCTIONS[function]["LoggingConfig"] == {"LogGroup": {"Ref": f"{function}Log"}}
    assert "RetentionInDays" in resources("AWS::Logs::LogGroup")[f"{function}Log"]


def test_no_agent_is_retried_behind_the_machine() -> None:
    agents = [properties for name, properties in FUNCTIONS.items() if name.endswith("Agent")]

    assert all(agent["EventInvokeConfig"] == {"MaximumRetryAttempts": 0} for agent in agents)


def test_only_ids_of_secrets_reach_an_environment(function: str) -> None:
    variables = FUNCTIONS[function].get("Environment", {}).get("Variables", {})
    variables |= template()["Globals"]["Function"]["Environment"]["Variables"]
    secret = {name for name, value in variables.items() if isinstance(value, dict) and value.get("Ref") in SECRETS}

    assert all(name.endswith("_ID") for name in secret)
    assert not [name for name in variables if "TOKEN" in name and not name.endswith("_ID")]


def test_everything_kept_is_encrypted_and_private() -> None:
    bucket = resources("AWS::S3::Bucket")["ArtifactBucket"]

    assert all(bucket["PublicAccessBlockConfiguration"].values())
    assert bucket["BucketEncryption"]
    assert bucket["LifecycleConfiguration"]["Rules"]
    assert resources("AWS::DynamoDB::Table")["TaskTable"]["TimeToLiveSpecification"]["Enabled"]
    assert all(queue["SqsManagedSseEnabled"] for queue in resources("AWS::SQS::Queue").values())


@pytest.mark.parametrize(("store", "memory_id"), [("dynamodb", ""), ("agentcore", "lessons-0123456789")])
def test_a_memory_to_rank_lessons_is_made_and_named_only_where_it_is_chosen(store: str, memory_id: str) -> None:
    there = {"LessonMemory": Resource("lessons", {"MemoryId": "lessons-0123456789"})}
    scope = Scope({"MemoryStore": store}, conditions=template()["Conditions"], resources=there)
    variables = template()["Globals"]["Function"]["Environment"]["Variables"]

    assert scope.resolve(variables["MEMORY_ID"]) == memory_id
    assert scope.holds(template()["Resources"]["LessonMemory"]["Condition"]) == (store == "agentcore")
    assert template()["Outputs"]["MemoryId"]["Condition"] == template()["Resources"]["LessonMemory"]["Condition"]


def test_every_parameter_is_described() -> None:
    assert all(parameter.get("Description") for parameter in template()["Parameters"].values())


def test_a_queue_that_is_read_has_a_dead_letter_queue_with_an_alarm() -> None:
    queue = resources("AWS::SQS::Queue")["DeliveryQueue"]

    assert queue["RedrivePolicy"]["deadLetterTargetArn"] == {"Fn::GetAtt": ["DeadLetterQueue", "Arn"]}
    assert "DeadLetterAlarm" in resources("AWS::CloudWatch::Alarm")
