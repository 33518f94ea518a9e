"""What a file defines and imports, by regular expressions: a fifth of a parser's cost, and no parser to ship."""

from __future__ import annotations

import re

MOST = 4_000

_BRACES = frozenset({"java", "kt", "kts", "scala", "ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs", "cs", "vue"})
_SCRIPTS = frozenset({"ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs", "vue", "svelte"})
_KEYWORDS = frozenset({"if", "for", "while", "switch", "catch", "return", "function", "with", "super", "constructor"})

_MODIFIERS = (
    r"(?:export|default|declare|pub(?:\([a-z ]{1,20}\))?|public|private|protected|internal|static|final|abstract"
    r"|sealed|async|unsafe|extern(?:[ ]\"C\")?|override|open|data|inline)"
)
# A pattern begins with the end of the line before, which the engine finds at once, and gives nothing back (`*+`, `++`):
# a line that fails is left after one look. So the text that they are asked of has "\n" before it.
_DEFINED = re.compile(
    rf"\n(?:[ \t]*+(?=[acdefilmoprstu])(?:{_MODIFIERS}[ \t]+){{0,5}}"
    r"(?:def|class|func|function\*?|interface|type|struct|trait|enum|fn|const|let|record|object|module"
    r"|macro_rules!)[ \t]+(?:\([^)\n]{0,80}\)[ \t]*)?([^\W\d][\w$]*)"
    r"|([A-Z][A-Z0-9_]{2,})\b[ ]*(?::[^=\n]{1,80})?=)"
)
_METHOD = re.compile(
    r"\n[ \t]++(?:[\w<>\[\],.?@]++[ \t]++){0,5}+([^\W\d]\w{1,60}+)\([^;{}()\n]{0,200}+\)?+[^;=(){}\n]{0,60}+\{"
)
_ASSIGNED = re.compile(
    r"\n[ \t]*+(?:(?:[\w$]++\.){1,3}+([^\W\d][\w$]*+)[ \t]*+=[ \t]*+(?:async[ \t]++)?(?:function|\()"
    r"|([^\W\d][\w$]*+)[ \t]*+:[ \t]*+(?:async[ \t]++)?function)"
)

_PYTHON = re.compile(
    r"\n[ \t]*+(?:from[ \t]+(\.*[\w.]*)[ \t]++import[ \t]+([\w, \t]{1,300})|import[ \t]+([\w., \t]{1,300}))"
)
_JAVA = re.compile(r"\nimport[ \t]+(?:static[ \t]+)?([\w.]{3,200})")
_QUOTED = re.compile(r"(?:from|require\(|import\(?)[ \t]*['\"]([^'\"\n]{1,200})['\"]")
_GO = re.compile(r"\n[ \t]*+(?:import[ \t]++)?(?:[\w.]++[ \t]++)?\"([\w./-]{3,200}+)\"[ \t]*+$", re.MULTILINE)
_RUST = re.compile(r"\n[ \t]*+(?:pub(?:\([a-z]+\))?[ \t]++)?(?:use|mod)[ \t]++([\w:]{2,200})")


def definitions(extension: str, text: str) -> tuple[str, ...]:
    """Names of functions, classes, types, methods and constants, in order, each once."""
    text = f"\n{text}"
    found = [name or constant for name, constant in _DEFINED.findall(text)]
    if extension in _BRACES:
        found += [name for name in _METHOD.findall(text) if name not in _KEYWORDS]
    if extension in _SCRIPTS:
        found += [left or right for left, right in _ASSIGNED.findall(text)]
    return tuple(dict.fromkeys(found))[:MOST]


def imports(extension: str, text: str) -> tuple[str, ...]:
    """Modules that the file names, with ``/`` between parts; a leading ``.`` or ``..`` as the language has it."""
    text = f"\n{text}"
    if extension in ("py", "pyi", "pyx"):
        return tuple(dict.fromkeys(_python(text)))
    if extension in ("java", "kt", "kts", "scala"):
        return tuple(dict.fromkeys(name.strip(".").replace(".", "/") for name in _JAVA.findall(text)))
    if extension == "go":
        return tuple(dict.fromkeys(_GO.findall(text)))
    if extension == "rs":
        return tuple(dict.fromkeys(name.strip(":").replace("::", "/") for name in _RUST.findall(text)))
    return tuple(dict.fromkeys(_QUOTED.findall(text))) if extension in _SCRIPTS else ()


def _python(text: str) -> list[str]:
    found = []
    for source, names, plain in _PYTHON.findall(text):
        if plain:
            found += [name.split()[0].replace(".", "/") for name in plain.split(",") if name.strip()]
            continue
        dots = len(source) - len(source.lstrip("."))
        base = ("./" if dots == 1 else "../" * (dots - 1)) + source.lstrip(".").replace(".", "/")
        found.append(base.rstrip("/") or ".")
        found += [f"{base.rstrip('/')}/{name.split()[0]}" for name in names.split(",") if name.strip()]
    return found
