"""What looks like a secret, by Yelp's detect-secrets: its detectors of vendors' own formats, and no entropy guesses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from detect_secrets.plugins.artifactory import ArtifactoryDetector
from detect_secrets.plugins.aws import AWSKeyDetector
from detect_secrets.plugins.azure_storage_key import AzureStorageKeyDetector
from detect_secrets.plugins.basic_auth import BasicAuthDetector
from detect_secrets.plugins.discord import DiscordBotTokenDetector
from detect_secrets.plugins.github_token import GitHubTokenDetector
from detect_secrets.plugins.gitlab_token import GitLabTokenDetector
from detect_secrets.plugins.mailchimp import MailchimpDetector
from detect_secrets.plugins.npm import NpmDetector
from detect_secrets.plugins.openai import OpenAIDetector
from detect_secrets.plugins.pypi_token import PypiTokenDetector
from detect_secrets.plugins.sendgrid import SendGridDetector
from detect_secrets.plugins.slack import SlackDetector
from detect_secrets.plugins.square_oauth import SquareOAuthDetector
from detect_secrets.plugins.stripe import StripeDetector
from detect_secrets.plugins.telegram_token import TelegramBotTokenDetector
from detect_secrets.plugins.twilio import TwilioKeyDetector

# Formats that a vendor fixed, so that a hit is hardly ever chance. Left out on purpose: high entropy, keywords
# ("password = …") and JWTs, which tests are full of. Asked one by one, without the library's own run: that one obeys
# comments ("pragma: allowlist secret") in the very text that is looked at.
DETECTORS = (
    ArtifactoryDetector(), AWSKeyDetector(), AzureStorageKeyDetector(), BasicAuthDetector(), DiscordBotTokenDetector(),
    GitHubTokenDetector(), GitLabTokenDetector(), MailchimpDetector(), NpmDetector(), OpenAIDetector(),
    PypiTokenDetector(), SendGridDetector(), SlackDetector(), SquareOAuthDetector(), StripeDetector(),
    TelegramBotTokenDetector(), TwilioKeyDetector(),
)  # fmt: skip
# Newer than the library: Anthropic, GitHub's fine-grained tokens, Google's API keys, Hugging Face, AWS session keys.
OWN = re.compile(
    r"\b(?:sk-ant-[A-Za-z0-9_-]{20,}|github_pat_[A-Za-z0-9_]{40,}|AIza[A-Za-z0-9_-]{35}|hf_[A-Za-z0-9]{30,}"
    r"|ASIA[A-Z0-9]{16}"
    r"|sk-proj-[A-Za-z0-9_-]{20,}|xapp-\d-[A-Za-z0-9-]{20,}|glpat-[A-Za-z0-9_-]{20})\b"
)
EXAMPLE = re.compile(
    r"example|placeholder|dummy|changeme|your[-_]|<[^>]*>|\$\{|\{\{|xxxx|redacted|localhost|127\.0\.0\.1"
    r"|user:pass|username:password|foo:bar|%\(|%s|os\.environ|\{[a-z_]+\}",
    re.IGNORECASE,
)
# A header alone is in every test of a parser of keys; a key has a body.
KEY = re.compile(
    r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----(?:\\n|[\s\"'+,])*(?:[A-Za-z-]+: [^\n]*\n|\s)*[A-Za-z0-9+/]{40,}"
)
LONGEST = 2_000


def scan(path: str, text: str) -> Sequence[tuple[int, str]]:
    """Line and kind of each; the value itself never leaves this function."""
    lines = [line[:LONGEST] for line in text.splitlines()]
    text = "\n".join(lines)  # some detectors take the square of a line's length
    found = [(text.count("\n", 0, one.start()) + 1, "private key") for one in KEY.finditer(text)]
    asked: list[tuple[str, Callable[[str], Iterable[str]]]] = [
        (one.secret_type, one.analyze_string) for one in DETECTORS if any(one.analyze_string(text))
    ]
    asked += [("API token", OWN.findall)] if OWN.search(text) else []
    for number, line in enumerate(lines, 1) if asked else ():
        if not EXAMPLE.search(line):
            found += [(number, kind) for kind, finds in asked if any(finds(line))][:1]
    return found
