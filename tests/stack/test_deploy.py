"""What becomes of the small template: its resources are there as written."""

from __future__ import annotations

import pytest

from local.stack import Stack

pytestmark = pytest.mark.stack


def test_a_table_has_its_index_and_its_time_to_live(stack: Stack) -> None:
    client = stack.clients("dynamodb")
    table = client.describe_table(TableName=stack.info["table"])["Table"]
    ttl = client.describe_time_to_live(TableName=stack.info["table"])["TimeToLiveDescription"]
    assert [index["IndexName"] for index in table["GlobalSecondaryIndexes"]] == ["gsi1"]
    assert ttl == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}


def test_a_bucket_is_encrypted_closed_and_forgets(stack: Stack) -> None:
    client, name = stack.clients("s3"), stack.outputs["BucketName"]
    rules = client.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    closed = client.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
    old = client.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert all(closed.values())
    assert [rule["Expiration"]["Days"] for rule in old] == [7]


def test_a_secret_has_the_stacks_value_and_one_without_stays_empty(stack: Stack) -> None:
    client = stack.clients("secretsmanager")
    value = client.get_secret_value(SecretId="ferry-local-JiraWebhookSecret")["SecretString"]
    assert value == stack.info["secrets"]["jira_webhook"]
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_secret_value(SecretId="ferry-local-EmptySecret")


def test_outputs_are_resolved_and_conditions_leave_resources_out(stack: Stack) -> None:
    assert stack.outputs["StageIs"] == "dev-b"
    assert "OnlyInProd" not in stack.outputs
    assert not [url for url in stack.clients("sqs").list_queues()["QueueUrls"] if "ProdQueue" in url]


def test_a_cron_schedule_is_told_not_to_fire_here(stack: Stack) -> None:
    assert any("cron(0 3 * * ? *) does not fire locally" in note for note in stack.notes)
