"""Stack frames in a text, of seven languages: (path or class as it stands there, function), the likeliest first."""

from __future__ import annotations

import re

_PYTHON = re.compile(r"File \"([^\"\n]{1,300})\", line \d+(?:, in ([^\W\d]\w{0,80}))?")
_PYTEST = re.compile(r"^([\w./\\-]{1,200}\.py):\d+: ?(?:in )?(\w{0,80})", re.MULTILINE)
_JAVA = re.compile(r"\bat ((?:[a-zA-Z_$][\w$]{0,80}\.){1,12})([\w$<>]{1,80})\(([\w$]{1,80}\.(?:java|kt|scala))?")
_SCRIPT = re.compile(
    r"\bat (?:async )?(?:([\w$.<>\[\] ]{1,80}) \()?((?:file://|webpack:/+)?[^\s()]{1,300}\.[cm]?[jt]sx?):\d+"
)
_GO = re.compile(r"([\w./@-]{1,200}\.go):\d+")
_RUST = re.compile(r"([\w./-]{1,200}\.rs):\d+")
_RUBY = re.compile(r"([\w./-]{1,200}\.rb):\d+:in [`']([^'\n]{1,80})'")
_SHARP = re.compile(r"\bat [\w.<>`]{1,200}\.(\w{1,80})\([^)\n]{0,200}\) in ([^\n:]{1,300}\.cs):line")
MOST = 60

Frame = tuple[str, str]


def frames(text: str) -> tuple[Frame, ...]:
    """Python prints the innermost call last, the others first."""
    found: list[Frame] = [(path, name) for path, name in reversed(_PYTHON.findall(text))]
    found += reversed(_PYTEST.findall(text))
    found += [(_of_class(owner, file), name) for owner, name, file in _JAVA.findall(text)]
    found += [(path, name.rpartition(".")[2]) for name, path in _SCRIPT.findall(text)]
    found += [(path, "") for pattern in (_GO, _RUST) for path in pattern.findall(text)]
    found += _RUBY.findall(text)
    found += [(path, name) for name, path in _SHARP.findall(text)]
    return tuple(dict.fromkeys((path.replace("\\", "/"), name) for path, name in found))[:MOST]


def _of_class(owner: str, file: str) -> str:
    """``com.acme.Cart$Row.`` and ``Cart.java`` → ``com/acme/Cart.java``."""
    *package, name = owner.rstrip(".").split(".")
    return "/".join([*package, file or f"{name.partition('$')[0]}.java"])
