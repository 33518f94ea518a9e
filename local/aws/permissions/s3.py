"""What a call of S3 asks for, by path: ``/<bucket>/<key>``.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
"""

from __future__ import annotations

from local.aws.permissions.policy import Call
from local.aws.permissions.request import Request, UnreadableError

_OF_OBJECTS = {"GET": "s3:GetObject", "HEAD": "s3:GetObject", "PUT": "s3:PutObject", "DELETE": "s3:DeleteObject"}
# What boto3 adds to plain calls, and what lists; any other word in the query asks for something else.
_PLAIN = {"x-id", "partNumber"}
_LISTS = {"list-type", "prefix", "delimiter", "continuation-token", "max-keys", "start-after", "encoding-type"}


def calls(request: Request) -> list[Call]:
    """UnreadableError for what is neither reading, writing, deleting nor listing of objects."""
    bucket, _, key = request.path.lstrip("/").partition("/")
    arn = f"arn:aws:s3:::{bucket}"
    if bucket and not key and request.method in ("GET", "HEAD") and request.query.keys() <= _LISTS:
        return [listing(arn, request.query.get("prefix", []))]
    if not key or request.method not in _OF_OBJECTS or not request.query.keys() <= _PLAIN:
        raise UnreadableError(f"{request.method} with {', '.join(sorted(request.query)) or 'nothing'} in the query")
    wanted = [Call(_OF_OBJECTS[request.method], f"{arn}/{key}")]
    if request.copied:
        wanted.append(Call("s3:GetObject", f"arn:aws:s3:::{request.copied.lstrip('/')}"))
    return wanted


def listing(bucket_arn: str, prefix: list[str]) -> Call:
    """Also what tells a reader that an object is not there: without it AWS answers 403 and not 404."""
    return Call("s3:ListBucket", bucket_arn, {"s3:prefix": (prefix[0],)} if prefix else {})
