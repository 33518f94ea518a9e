"""Creators of what holds data: tables, buckets, queues, secrets."""

from __future__ import annotations

import json
from typing import Any

from local.aws.deploy.deployment import Deployment
from local.aws.deploy.intrinsics import Resource

Properties = dict[str, Any]


def table(deployment: Deployment, logical_id: str, properties: Properties) -> Resource:
    client = deployment.clients("dynamodb")
    name = deployment.physical(logical_id, properties.get("TableName"))
    known = ("AttributeDefinitions", "KeySchema", "BillingMode", "ProvisionedThroughput", "StreamSpecification")
    wanted = {key: properties[key] for key in known if key in properties}
    indexes = {
        key: properties[key] for key in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes") if properties.get(key)
    }
    created = client.create_table(TableName=name, **wanted, **indexes)["TableDescription"]
    if ttl := properties.get("TimeToLiveSpecification"):
        client.update_time_to_live(TableName=name, TimeToLiveSpecification=ttl)
    deployment.tables[logical_id] = name
    deployment.permissions.know_table(name, properties)
    attributes = {"Arn": created["TableArn"], "StreamArn": created.get("LatestStreamArn", "")}
    return Resource(name, attributes)


def bucket(deployment: Deployment, logical_id: str, properties: Properties) -> Resource:
    client = deployment.clients("s3")
    name = deployment.physical(logical_id, properties.get("BucketName")).lower()
    elsewhere = {} if deployment.region == "us-east-1" else {"LocationConstraint": deployment.region}
    client.create_bucket(Bucket=name, **({"CreateBucketConfiguration": elsewhere} if elsewhere else {}))
    if blocked := properties.get("PublicAccessBlockConfiguration"):
        client.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=blocked)
    if versioning := properties.get("VersioningConfiguration"):
        client.put_bucket_versioning(Bucket=name, VersioningConfiguration=versioning)
    _encrypt(client, name, properties.get("BucketEncryption"))
    _expire(client, name, properties.get("LifecycleConfiguration"))
    deployment.buckets[logical_id] = name
    domain = f"{name}.s3.amazonaws.com"
    return Resource(name, {"Arn": f"arn:aws:s3:::{name}", "DomainName": domain, "RegionalDomainName": domain})


def _encrypt(client: Any, name: str, encryption: Properties | None) -> None:
    if encryption:
        rules = [
            {
                "ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"],
                "BucketKeyEnabled": bool(rule.get("BucketKeyEnabled", False)),
            }
            for rule in encryption["ServerSideEncryptionConfiguration"]
        ]
        client.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": rules})


def _expire(client: Any, name: str, lifecycle: Properties | None) -> None:
    if lifecycle:
        rules = [_lifecycle_rule(number, rule) for number, rule in enumerate(lifecycle["Rules"])]
        client.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": rules})


def _lifecycle_rule(number: int, rule: Properties) -> Properties:
    made: Properties = {"ID": rule.get("Id", f"rule-{number}"), "Status": rule["Status"]}
    made["Filter"] = {"Prefix": rule.get("Prefix", "")}
    if days := rule.get("ExpirationInDays"):
        made["Expiration"] = {"Days": int(days)}
    if noncurrent := rule.get("NoncurrentVersionExpiration"):
        made["NoncurrentVersionExpiration"] = {"NoncurrentDays": int(noncurrent["NoncurrentDays"])}
    if unfinished := rule.get("AbortIncompleteMultipartUpload"):
        made["AbortIncompleteMultipartUpload"] = {"DaysAfterInitiation": int(unfinished["DaysAfterInitiation"])}
    return made


def queue(deployment: Deployment, logical_id: str, properties: Properties) -> Resource:
    name = deployment.physical(logical_id, properties.get("QueueName"))
    if properties.get("FifoQueue") and not name.endswith(".fifo"):
        name += ".fifo"
    passed = {
        key: json.dumps(value) if isinstance(value, dict) else _text(value)
        for key, value in properties.items()
        if key not in ("QueueName", "Tags")
    }
    url = deployment.clients("sqs").create_queue(QueueName=name, Attributes=passed)["QueueUrl"]
    return Resource(url, {"Arn": deployment.arn("sqs", name), "QueueName": name, "QueueUrl": url})


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def secret(deployment: Deployment, logical_id: str, properties: Properties) -> Resource:
    name = deployment.physical(logical_id, properties.get("Name"))
    value = deployment.secrets.get(logical_id, properties.get("SecretString"))
    given = {"SecretString": value} if value is not None else {}
    arn = deployment.clients("secretsmanager").create_secret(Name=name, **given)["ARN"]
    return Resource(arn, {"Id": arn})
