"""Text that looks like an instruction to an AI: known forms, for people to see. A sign, and never the lock.

Nothing is obeyed, hidden or refused because of it; what holds when it sees nothing are the gates. Forms after OWASP's
LLM01 (genai.owasp.org), Greshake et al. 2023 (arXiv 2302.12173) and Unicode's own list of invisible characters.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

LOOKS = "looks like an instruction to an AI"
SHOWN, MOST, LONGEST = 160, 5, 200_000
_MODEL = (
    r"(?:ai|llm|language model|coding (?:agent|assistant)|assistant|copilot|claude|gpt|chatgpt|gemini|cursor|ferry)"
)
_FORMS: Mapping[str, str] = {
    "overrides instructions": r"\b(?:ignore|disregard|forget|override|bypass|stop following)\b[^.\n]{0,40}"
    r"\b(?:previous|prior|above|earlier|original|all|any|your|system)\b[^.\n]{0,30}"
    r"\b(?:instruction|prompt|rule|guideline|direction|constraint|order|polic(?:y|ie)|restriction)s?\b",
    "speaks to a model": rf"\b(?:dear|attention|hey|hello|note (?:to|for)|instructions? (?:to|for)|message (?:to"
    rf"|for)|important for)"
    rf"\b[:,]? ?(?:the |any |all |an? )?(?:reviewing |automated |autonomous )?{_MODEL}s?\b"
    rf"|\b(?:if|as|since|because) you(?: are|'re)? (?:an? |the )?(?:reading this as )?{_MODEL}\b"
    rf"|\b{_MODEL}s? (?:agents? |reading this )?(?:must|shall|is required to|are required to|is instructed to)\b",
    "gives a role": r"\byou are (?:now|no longer)\b|\bfrom now on,? you\b|\b(?:developer|debug|maintenance|god"
    r"|dan) mode\b"
    r"|\bpretend (?:to be|you are)\b|\bnew (?:system )?(?:instructions?|persona|role|directive)s?\b ?:",
    "imitates a conversation": r"<\|?/?(?:im_start|im_end|system|assistant|endoftext)\|?>|\[/?inst\]|<</?sys>>"
    r"|(?:^|\n) ?(?:#+ ?)?(?:system|assistant|developer) ?(?:prompt|message|override)? ?:|</? ?(?:untrusted"
    r"|function_calls|tool_(?:use|result))\b",
    "asks for secrecy": r"\b(?:do not|don't|never|without) (?:tell|mention|reveal|inform|notify|alert|telling"
    r"|mentioning|informing)"
    r"[^.\n]{0,30}\b(?:user|reviewer|human|person|approver|anyone|team|people|this)\b",
    "asks for the prompt": r"\b(?:reveal|print|repeat|show|output|leak|dump|include)\b[^.\n]{0,30}"
    r"\b(?:system prompt|your (?:instructions|prompt|rules)|hidden (?:prompt|instructions))\b",
    "asks for secrets": r"\b(?:send|post|upload|exfiltrate|curl|paste|copy|include|embed|append|commit"
    r"|encode)\b[^.\n]{0,60}"
    r"\b(?:secret|credential|environment variable|env var|api[ _-]?key|password|private key|access token|bot token"
    r"|\.env)s?\b"
    r"[^.\n]{0,40}\b(?:to|in|into|at|as) (?:https?://|the (?:pr|pull request|commit|comment|message|body"
    r"|description|summary|channel)\b)",
    "names Ferry's tools": r"\b(?:submit_result|write_file|replace_in_file|run_command|run_tests|read_log"
    r"|find_tasks|read_task)\b",
    "claims an approval": r"\b(?:pre-?approved|already (?:been )?approved|approval (?:is|was"
    r"|has been) (?:already )?(?:given|granted|waived))\b"
    r"|\b(?:approve|merge|deploy)\b[^.\n]{0,30}\b(?:yourself|itself|without (?:asking|waiting|approval|review"
    r"|a human|human|any))\b"
    r"|\b(?:skip|bypass|disable)\b[^.\n]{0,20}\b(?:approval|review|gate|ci check)s?\b",
}
_KNOWN = {name: re.compile(form, re.IGNORECASE) for name, form in _FORMS.items()}
_HIDDEN = re.compile("[\u202a-\u202e\u2066-\u2069]|[\U000e0020-\U000e007f]{3,}|[\u200b-\u200f\u2060-\u2064\ufeff]{3,}")
_TAGS = re.compile("[\U000e0020-\U000e007e]")
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufe00-\ufe0f\U000e0000-\U000e007f]")
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{40,4000}={0,2}")
# Letters of other scripts that look like Latin ones, from Unicode's confusables (UTS #39); the frequent ones.
_ALIKE = str.maketrans("аеорсухіјѕԁԛԝһոνοιαρτκΑΕΟΙΡΤΚ", "aeopcyxijsdqwhnvoiaptkAEOIPTK")


@dataclass(frozen=True)
class Suspicion:
    """form: which one it is; excerpt: the words, on one line, secrets not masked."""

    form: str
    excerpt: str


def suspicions(text: str) -> tuple[Suspicion, ...]:
    """Each form once, at most `MOST`, by the first place where it stands."""
    text = text[:LONGEST]
    found: dict[str, str] = {}
    if hidden := _HIDDEN.search(text):
        found["hides characters"] = _around(text, hidden)
    for reading, note in _readings(text):
        for form, known in _KNOWN.items():
            if form not in found and (match := known.search(reading)):
                found[form] = _around(reading, match) + note
    return tuple(Suspicion(form, excerpt) for form, excerpt in list(found.items())[:MOST])


def _readings(text: str) -> Iterator[tuple[str, str]]:
    """As a model may read it: without what nobody sees, look-alikes as what they look like, base64 in plain."""
    shown = _TAGS.sub(lambda tag: chr(ord(tag[0]) - 0xE0000), text)
    plain = unicodedata.normalize("NFKC", INVISIBLE.sub("", shown)).translate(_ALIKE)
    yield re.sub(r"[^\S\n]+", " ", plain), ""
    yield re.sub(r"\s*\n[\s#*/>-]*", " ", plain), ""
    for blob in _BASE64.findall(plain):
        if inner := _decoded(blob):
            yield inner, " (in base64)"


def _decoded(blob: str) -> str:
    try:
        return base64.b64decode(blob + "=" * (-len(blob) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _around(text: str, match: re.Match[str]) -> str:
    start = max(0, match.start() - 40)
    shown = INVISIBLE.sub("·", text[start : max(match.end(), start + SHOWN)][:SHOWN])
    return " ".join(shown.split())
