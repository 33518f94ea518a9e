"""The HTTP front speaks API Gateway's REST payload, and refuses in JSON."""

from __future__ import annotations

import base64
import http.client
import json

import pytest

from local.stack import Stack
from tests.stack.helpers import http as call

pytestmark = pytest.mark.stack
JSON = {"Content-Type": "application/json"}


def test_a_route_hands_path_query_and_headers_to_its_function(stack: Stack) -> None:
    status, event, headers = call(stack.info["api"], "/hello/acme%2Frepo?x=1&x=2")
    assert (status, headers["X-Seen"]) == (200, "yes")
    assert event["pathParameters"] == {"id": "acme/repo"}
    assert event["multiValueQueryStringParameters"] == {"x": ["1", "2"]}
    assert (event["resource"], event["httpMethod"]) == ("/hello/{id}", "GET")


def test_header_names_arrive_in_the_senders_case(stack: Stack) -> None:
    connection = http.client.HTTPConnection(stack.info["api"].removeprefix("http://"))
    connection.request("POST", "/hello", b"{}", {**JSON, "X-GitHub-Event": "ping", "x-lower": "1"})
    event = json.loads(connection.getresponse().read())
    connection.close()
    assert {"X-GitHub-Event", "x-lower"} <= event["headers"].keys()


def test_a_json_body_arrives_byte_for_byte(stack: Stack) -> None:
    _, event, _ = call(stack.info["api"], "/hello", '{"a":  "ü"}'.encode(), JSON)
    assert (event["body"], event["isBase64Encoded"]) == ('{"a":  "ü"}', False)


@pytest.mark.parametrize(("content_type", "body"), [("image/png", b"\x89PNG"), ("application/json", b"\xff\xfe")])
def test_a_binary_body_arrives_in_base64(stack: Stack, content_type: str, body: bytes) -> None:
    _, event, _ = call(stack.info["api"], "/hello", body, {"Content-Type": content_type})
    assert (base64.b64decode(event["body"]), event["isBase64Encoded"]) == (body, True)


@pytest.mark.parametrize("path", ["/nowhere", "/hello/1/2", "/hello"])
def test_an_unknown_route_is_404_with_a_reason(stack: Stack, path: str) -> None:
    status, body, _ = call(stack.info["api"], path)
    assert (status, body) == (404, {"error": "not_found", "reason": f"no route GET {path}"})


def test_a_body_over_the_limit_is_413_with_the_limit(stack: Stack) -> None:
    status, body, _ = call(stack.info["api"], "/hello", b"x" * (6 * 1024 * 1024 + 1), JSON)
    assert (status, body["error"], "6291456" in body["reason"]) == (413, "body_too_large", True)


@pytest.mark.parametrize("wish", ["crash", "nonsense"])
def test_a_failing_function_is_502_without_its_secrets(stack: Stack, wish: str) -> None:
    status, body, _ = call(stack.info["api"], f"/hello/1?wish={wish}")
    assert (status, body["error"]) == (502, "bad_gateway")
    assert "secret detail" not in json.dumps(body)


def test_an_answer_without_a_body_stays_without(stack: Stack) -> None:
    assert call(stack.info["api"], "/hello/1?wish=empty")[:2] == (204, None)
