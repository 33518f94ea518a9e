"""Our signature is AWS's: their published test suite, and botocore's signer for whatever else we may send."""

from __future__ import annotations

import string
from datetime import UTC, datetime

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials
from hypothesis import given
from hypothesis import strategies as st

from ferry.adapters.sigv4 import Credentials, Scope, signed

# github.com/awslabs/aws-c-auth, tests/aws-signing-test-suite/v4 (facts: requests and signatures)
SUITE = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
SUITE_TIME = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
TOKEN = (
    "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthA"
    "x7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY"
    "9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=="
)
FORM = {
    "Content-Type": "application/x-www-form-urlencoded",
    "Content-Length": "13",
    "x-amz-content-sha256": "9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e",
}
words = st.text(string.ascii_letters + string.digits + "/+=-_.", min_size=1, max_size=60)
paths = st.lists(st.text(string.ascii_letters + string.digits + "-_~", min_size=1), max_size=3)


@pytest.mark.parametrize(
    ("headers", "body", "token", "names", "signature"),
    [
        pytest.param(
            {}, b"", "", "host;x-amz-date",
            "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b", id="post-vanilla",
        ),
        pytest.param(
            {"My-Header1": "VALUE1"}, b"", "", "host;my-header1;x-amz-date",
            "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d", id="post-header-value-case",
        ),
        pytest.param(
            {}, b"", TOKEN, "host;x-amz-date;x-amz-security-token",
            "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead", id="post-sts-header-before",
        ),
        pytest.param(
            FORM, b"Param1=value1", "", "content-length;content-type;host;x-amz-content-sha256;x-amz-date",
            "d3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b", id="post-x-www-form-urlencoded",
        ),
    ],
)  # fmt: skip
def test_a_published_request_gets_its_published_signature(
    headers: dict[str, str], body: bytes, token: str, names: str, signature: str
) -> None:
    keys = Credentials(SUITE.aws_access_key_id, SUITE.aws_secret_access_key, token)
    sent = {"Host": "example.amazonaws.com", **headers}

    proof = signed("/", sent, body, keys, Scope("us-east-1", "service"), SUITE_TIME)["authorization"]

    assert proof == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        f"SignedHeaders={names}, Signature={signature}"
    )


@given(
    key=words, secret=words, token=st.just("") | words, region=words.map(lambda word: word.replace("/", "-")),
    service=st.sampled_from(["sqs", "secretsmanager"]), body=st.binary(max_size=300), path=paths,
    extra=st.text(string.printable.replace("\r", "").replace("\n", ""), max_size=30).map(str.strip),
)  # fmt: skip
def test_whatever_is_sent_botocore_would_sign_it_the_same(
    key: str, secret: str, token: str, region: str, service: str, body: bytes, path: list[str], extra: str
) -> None:
    at = "/" + "/".join(path)
    headers = {"host": f"{service}.example:8701", "content-type": "application/x-amz-json-1.0", "x-amz-target": extra}
    request = AWSRequest("POST", f"http://{headers['host']}{at}", headers, body)
    SigV4Auth(BotocoreCredentials(key, secret, token or None), service, region).add_auth(request)
    now = datetime.strptime(request.context["timestamp"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)

    ours = signed(at, headers, body, Credentials(key, secret, token), Scope(region, service), now)

    assert ours["authorization"] == request.headers["Authorization"]
    assert ours.get("x-amz-security-token") == request.headers.get("X-Amz-Security-Token")
