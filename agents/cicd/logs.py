"""Logs of GitHub Actions jobs: from all that a job printed to what matters."""

from __future__ import annotations

import re

_STAMP = re.compile(r"^\ufeff?\d{4}-\d\d-\d\dT[\d:.]+Z ?", re.MULTILINE)
_COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_STEP = re.compile(r"^(?=##\[group\]Run )", re.MULTILINE)
_END = re.compile(
    r"^##\[error\](?:Process completed with exit code \d+\.|The operation was canceled\.).*$(?:\n##\[error\].*$)*",
    re.MULTILINE,
)
_ERROR = "##[error]"
_TAIL = 4000


def failing_steps(log: str) -> str:
    """The steps that printed an error, each from ``##[group]Run`` to its error, without times and colours.

    The end of the log when no step did: then the runner itself gave up.
    """
    text = _COLOUR.sub("", _STAMP.sub("", log.replace("\r\n", "\n")))
    failed = [_until_the_end(step) for step in _STEP.split(text) if _ERROR in step]
    return "\n\n".join(failed) or text[-_TAIL:].strip()


def _until_the_end(step: str) -> str:
    """What follows the failure is the clean-up of other steps."""
    if end := _END.search(step):
        return step[: end.end()].strip()
    last = step.rindex(_ERROR)
    return step[: last + len(step[last:].partition("\n")[0])].strip()
