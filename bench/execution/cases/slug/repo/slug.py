"""Addresses of pages."""

import re


def slug(title: str) -> str:
    """Lower case letters, digits and single dashes."""
    words = re.sub(r"[^a-z0-9 -]", "", title.lower())
    return re.sub(r"[ -]+", "-", words)
