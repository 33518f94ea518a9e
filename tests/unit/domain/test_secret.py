"""What vendors made recognisable is masked; what tests and documents are full of is not."""

from __future__ import annotations

import pytest

from ferry.domain.markdown import plain
from ferry.domain.naming import pull_request_title
from ferry.domain.secret import has_mask, kinds, masked, without_secrets
from tests.unit.agents.desk import ticket

# Put together here, so that no scanner takes this file for a leak.
SECRETS = {
    "GitHub token": "gh" + "p_" + "a1B2" * 9,
    "AWS key": "AK" + "IA" + "QWERTYUIOPASDFGH",
    "AWS secret": "aws_secret_access_key = " + "aB3/" * 10,
    "Slack token": "xo" + "xb-" + "123456789012-abcdef",
    "Stripe key": "sk_" + "live_" + "a1B2" * 6,
    "model key": "sk-" + "ant-" + "a1B2" * 6,
    "web token": "ey" + "J" + "hbGciOiJIUzI1NiJ9" + ".ey" + "JzdWIiOiIxMjM0NTY3" + "." + "a1B2" * 6,
    "password in a URL": "postgres" + "://app:" + "s3cr3tpw" + "@",
    "private key": "-----BEGIN " + "RSA PRIVATE KEY-----\n" + "a1B2" * 20 + "\n-----END " + "RSA PRIVATE KEY-----",
}


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_is_named_in_its_place(kind: str) -> None:
    text, found = masked(f"before {SECRETS[kind]}{'db' if kind.endswith('URL') else ' after'}")

    assert text.startswith(f"before [secret masked: {kind}]")
    assert found == (kind,)
    assert has_mask(text)
    assert kinds(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "AKIAIOSFODNN7EXAMPLE", "https://user:pass@localhost/x", "ghp_short", "password = 'hunter2'", "ssh://git@host/x",
        "postgres://app:${PASSWORD}@db/x", "sha256:" + "ab" * 32, "-----BEGIN PUBLIC KEY-----",
    ],
)  # fmt: skip
def test_examples_and_what_is_no_secret_stay(text: str) -> None:
    assert masked(text) == (text, ())


def test_none_is_shown_in_a_pull_request() -> None:
    secret = SECRETS["GitHub token"]

    assert secret not in plain(f"uses {secret}")
    assert secret not in pull_request_title(ticket(title=f"Rotate {secret}"))


def test_words_of_others_have_no_power_on_github() -> None:
    said = plain("Closes GH-1, fixes https://github.com/a/b/issues/2 &#64;everyone &commat;all [skip ci] ***NO_CI***")

    assert "Closes GH-1" not in said
    assert "fixes https" not in said
    assert "&#64;" not in said
    assert "&amp;commat;all" in said
    assert "[skip ci]" not in said
    assert "[skip ci]" not in pull_request_title(ticket(title="Rounding [skip ci]"))


def test_data_is_cleaned_wherever_a_text_stands_in_it() -> None:
    secret = SECRETS["GitHub token"]

    clean = without_secrets([{"text": {"text": f"a {secret}"}, "elements": [secret, 1, None, True]}])

    masked_one = "[secret masked: GitHub token]"
    assert clean == [{"text": {"text": f"a {masked_one}"}, "elements": [masked_one, 1, None, True]}]
