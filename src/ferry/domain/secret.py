"""What looks like a secret in any text, by the formats that vendors fixed, and the text without it.

No entropy and no keywords ("password = …"), of which tests and logs are full. What is masked is what a model or a page
must not see; whether a change may hold such a line is the integrity gate's to say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

MASK = "[secret masked: {kind}]"
_MASKED = re.compile(r"\[secret masked: [^\]\n]{1,40}\]")
# Formats: docs.github.com "About authentication", api.slack.com "Token types", docs.aws.amazon.com "IAM identifiers",
# docs.stripe.com "API keys", docs.gitlab.com "Token overview", RFC 7468 for keys, RFC 7519 for JSON web tokens.
_FORMS: Mapping[str, re.Pattern[str]] = {
    "private key": re.compile(
        r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----.{0,16000}?(?:-----END (?:[A-Z0-9]+ )*PRIVATE KEY-----|\Z)", re.S
    ),
    "AWS key": re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    "AWS secret": re.compile(
        r"\b(?i:aws_?secret_?(?:access_?)?key)[\"']?\s{0,5}[:=]\s{0,5}[\"']?[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])"
    ),
    "GitHub token": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{40,255})"),
    "GitLab token": re.compile(r"\bglpat-[A-Za-z0-9_-]{20,}"),
    "Slack token": re.compile(r"\bx(?:ox[abeoprs]|app)-[A-Za-z0-9-]{10,}"),
    "Slack webhook": re.compile(r"https://hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9+/]{20,}"),
    "Stripe key": re.compile(r"\b[rs]k_live_[A-Za-z0-9]{20,}"),
    "Google key": re.compile(r"\bAIza[A-Za-z0-9_-]{35}"),
    "model key": re.compile(r"\bsk-(?:ant-|proj-)[A-Za-z0-9_-]{20,}"),
    "package token": re.compile(r"\b(?:npm_[A-Za-z0-9]{36}|pypi-AgE[A-Za-z0-9_-]{50,}|hf_[A-Za-z0-9]{30,})"),
    "SendGrid key": re.compile(r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}"),
    "web token": re.compile(r"\beyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]{20,}"),
    "password in a URL": re.compile(
        r"\b[a-z][a-z0-9+.-]{1,20}://[^\s:/@'\"<>{}$]{1,100}:[^\s:/@'\"<>{}$*]{3,200}@(?=\w)"
    ),
}
# Documentation's own values, and those that every test has.
_EXAMPLE = re.compile(
    r"example|placeholder|dummy|changeme|your[-_]|xxxx|redacted|://(?:user|foo|username|test):|localhost", re.I
)


def masked(text: str) -> tuple[str, tuple[str, ...]]:
    """`text` with each secret named in its place, and the kinds, each once."""
    kinds: dict[str, None] = {}
    for kind, form in _FORMS.items():

        def hide(found: re.Match[str], kind: str = kind) -> str:
            if _EXAMPLE.search(found[0]):
                return found[0]
            kinds[kind] = None
            return MASK.format(kind=kind)

        text = form.sub(hide, text)
    return text, tuple(kinds)


def without_secrets(value: Any) -> Any:
    """A copy of JSON data whose texts are masked."""
    if isinstance(value, str):
        return masked(value)[0]
    if isinstance(value, Mapping):
        return {name: without_secrets(one) for name, one in value.items()}
    if isinstance(value, Sequence):
        return [without_secrets(one) for one in value]
    return value


def kinds(text: str) -> tuple[str, ...]:
    """Of the secrets in `text`, each once."""
    return masked(text)[1]


def has_mask(text: str) -> bool:
    """Whether a secret was here: such a text is not the file any more, and must not be written over it."""
    return _MASKED.search(text) is not None
