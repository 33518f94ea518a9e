"""What is needed to send mail."""

from collections.abc import Mapping


def settings(environ: Mapping[str, str]) -> dict[str, str]:
    return {"region": "eu-west-1", "sender": environ.get("MAIL_SENDER", "noreply@example.com")}
