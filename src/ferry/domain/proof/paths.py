"""Which files of a repository are tests, by the conventions of their languages."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

_TEST = re.compile(
    r"(^|/)(test_[^/]*\.py|[^/]*_test\.py|tests\.py"
    r"|[^/]*[._-](test|spec)\.[cm]?[jt]sx?|test-[^/]*\.[cm]?[jt]s|test\.[cm]?[jt]s"
    r"|[^/]*_test\.go|[^/]*(Test|Tests|TestCase|IT|Spec)\.(java|kt|groovy|scala))$"
    r"|(^|/)Test[^/]*\.(java|kt)$"
)
_IN_FOLDER = re.compile(r"(^|/)(__tests__|tests?|spec)/([^/]+/)*[^/]+\.([cm]?[jt]sx?|rs)$")
_SUPPORT = re.compile(r"(^|/)(tests?|__tests__|__mocks__|spec|testdata|fixtures|src/test)/|(^|/)conftest\.py$")
_MODULE_OF_ALL = ("__init__", "index", "mod", "lib", "main")


def is_test(path: str) -> bool:
    """Whether a runner would look for tests in it."""
    return bool(_TEST.search(path)) or (bool(_IN_FOLDER.search(path)) and not re.search(r"(helper|util|setup)", path))


def is_support(path: str) -> bool:
    """A test, or what tests need: shared set-up, data, expected answers."""
    return is_test(path) or bool(_SUPPORT.search(path))


def module_parts(path: str) -> tuple[str, ...]:
    """``src/acme/volume/__init__.py`` → (``src``, ``acme``, ``volume``)."""
    pure = PurePosixPath(path)
    stem = pure.name.split(".")[0]
    return pure.parent.parts if stem in _MODULE_OF_ALL else (*pure.parent.parts, stem)
