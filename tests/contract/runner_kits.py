"""One small repository per test runner, and the same change to each: a sum that is there gets a product beside it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from ferry.adapters.bounded_process import Limits, limited, run_bounded
from ferry.adapters.plain_process import clean_environment
from ferry.ports import CommandResult

# jest and vitest are looked for here: a folder called node_modules in which both are installed.
MODULES = Path(os.environ.get("FERRY_TEST_NODE_MODULES", "/nowhere"))
Files = Mapping[str, str]


@dataclass(frozen=True)
class Kit:
    """tool: a program or a path that must be there; code, test: path, base and head text of each; the head's test has
    one more test, whose id is `new`; old: id of the one there was. Other heads of the test file: vacuous passes without
    the change too, strange needs what nobody brings, skipped leaves out the test there was."""

    name: str
    tool: str
    setup: Files
    code: tuple[str, str, str]
    test: tuple[str, str, str]
    old: str
    new: str
    vacuous: str
    strange: str
    skipped: str

    @property
    def base(self) -> Files:
        return {**self.setup, self.code[0]: self.code[1], self.test[0]: self.test[1]}

    def head(self, test: str = "") -> Files:
        return {**self.setup, self.code[0]: self.code[2], self.test[0]: test or self.test[2]}

    @property
    def missing(self) -> str:
        there = Path(self.tool).exists() if "/" in self.tool else shutil.which(self.tool)
        return "" if there else f"{self.name}: {self.tool} is not on this machine"


@dataclass(frozen=True)
class Folders:
    """The port `Trees` over two dicts of files."""

    before: Files
    after: Files
    moved: Files = field(default_factory=dict)
    name: str = "repo"

    @property
    def texts(self) -> dict[str, tuple[str | None, str | None]]:
        paths = {*self.before, *self.after}
        pairs = {path: (self.before.get(path), self.after.get(path)) for path in paths}
        return {path: pair for path, pair in pairs.items() if pair[0] != pair[1]}

    @property
    def renamed(self) -> Files:
        return self.moved

    @contextmanager
    def base(self) -> Iterator[Path]:
        with self._written(self.before) as root:
            yield root

    @contextmanager
    def head(self) -> Iterator[Path]:
        with self._written(self.after) as root:
            yield root

    @contextmanager
    def mixed(self, tests: Collection[str]) -> Iterator[Path]:
        with self._written({**self.before, **{path: self.after[path] for path in tests}}) as root:
            yield root

    @contextmanager
    def _written(self, files: Files) -> Iterator[Path]:
        with TemporaryDirectory() as folder:
            root = Path(folder).resolve()
            for path, text in files.items():
                (root / self.name / path).parent.mkdir(parents=True, exist_ok=True)
                (root / self.name / path).write_text(text)
            if MODULES.is_dir():
                (root / "node_modules").symlink_to(MODULES)
            yield root


class AtHome:
    """A process that finds what this machine's user has installed: toolchains, and what maven and cargo downloaded."""

    name = "at home"

    def run(self, command: Sequence[str], *, root: Path, cwd: Path, seconds: float, **_: object) -> CommandResult:
        kept = {name: os.environ[name] for name in ("HOME", "PATH") if name in os.environ}
        clean = clean_environment(str(root))
        environment = {**clean, **kept, "PATH": f"{clean['PATH']}:{kept.get('PATH', '')}"}
        return run_bounded(
            limited(command, Limits(RLIMIT_DATA=8 * 1024**3)), cwd=cwd, environment=environment, seconds=seconds
        )


_ADD = "def add(a, b):\n    return a + b\n"


def _python(name: str, config: Files, head: str, one: str, more: str, old: str, new: str, skip: str) -> Kit:
    test = head + one
    return Kit(
        name, "python3", config,
        ("calc.py", _ADD, _ADD + "\n\ndef mul(a, b):\n    return a * b\n"),
        ("test_calc.py", test, test + more), f"test_calc.py::{old}", f"test_calc.py::{new}",
        vacuous=test + more.replace("mul(2, 3), 6", "add(2, 3), 5").replace("mul(2, 3) == 6", "add(2, 3) == 5"),
        strange=test.replace("import calc", "import calc\nfrom nowhere import thing") + more,
        skipped=head + skip + one + more,
    )  # fmt: skip


PYTEST = _python(
    "pytest", {"pytest.ini": "[pytest]\n"}, "import pytest\nimport calc\n\n\n",
    "def test_add():\n    assert calc.add(2, 3) == 5\n\n\n", "def test_mul():\n    assert calc.mul(2, 3) == 6\n",
    "test_add", "test_mul", "@pytest.mark.skip\n",
)  # fmt: skip
UNITTEST = _python(
    "unittest", {}, "import unittest\nimport calc\n\n\nclass TestCalc(unittest.TestCase):\n",
    "    def test_add(self):\n        self.assertEqual(calc.add(2, 3), 5)\n\n",
    "    def test_mul(self):\n        self.assertEqual(calc.mul(2, 3), 6)\n",
    "TestCalc::test_add", "TestCalc::test_mul", '    @unittest.skip("later")\n',
)  # fmt: skip


def _javascript(name: str, tool: str, package: str, head: str, equal: str, ending: str = "js") -> Kit:
    one = f"test('adds', () => {{ {equal.format('calc.add(2, 3)', 5)} }});\n"
    more = f"test('multiplies', () => {{ {equal.format('calc.mul(2, 3)', 6)} }});\n"
    old, new = "exports.add = (a, b) => a + b;\n", "exports.mul = (a, b) => a * b;\n"
    if ending == "mjs":
        old, new = (text.replace("exports.", "export const ") for text in (old, new))
    path = f"test/calc.test.{ending}"
    return Kit(
        name, tool, {"package.json": package}, (f"calc.{ending}", old, old + new),
        (path, head + one, head + one + more),
        f"{path}::adds", f"{path}::multiplies",
        vacuous=head + one + more.replace("calc.mul(2, 3)", "calc.add(3, 3)"),
        strange=head + ("import '../nowhere.mjs';\n" if ending == "mjs" else "require('../nowhere');\n") + one + more,
        skipped=head + one.replace("test(", "test.skip(", 1) + more,
    )  # fmt: skip


NODE = _javascript(
    "node --test", "node", '{"scripts": {"test": "node --test"}}',
    "const test = require('node:test');\nconst assert = require('node:assert');\nconst calc = require('../calc');\n",
    "assert.equal({}, {});",
)  # fmt: skip
JEST = _javascript(
    "jest",
    f"{MODULES}/jest",
    '{"scripts": {"test": "jest"}}',
    "const calc = require('../calc');\n",
    "expect({}).toBe({});",
)
VITEST = _javascript(
    "vitest", f"{MODULES}/vitest", '{"devDependencies": {"vitest": "*"}}',
    "import { expect, test } from 'vitest';\nimport * as calc from '../calc.mjs';\n", "expect({}).toBe({});", "mjs",
)  # fmt: skip

_GO = 'package calc\n\nimport "testing"\n\nfunc TestAdd(t *testing.T) {\n\tif Add(2, 3) != 5 {\n\t\tt.Fatal()\n\t}\n}\n'
_GO_MUL = "\nfunc TestMul(t *testing.T) {\n\tif Mul(2, 3) != 6 {\n\t\tt.Fatal(Mul(2, 3))\n\t}\n}\n"
_GO_ADD = "package calc\n\nfunc Add(a, b int) int { return a + b }\n"
GO = Kit(
    "go test", "go", {"go.mod": "module example.test/calc\n\ngo 1.19\n"},
    ("calc/calc.go", _GO_ADD, _GO_ADD + "\nfunc Mul(a, b int) int { return a * b }\n"),
    ("calc/calc_test.go", _GO, _GO + _GO_MUL), "calc/calc_test.go::TestAdd", "calc/calc_test.go::TestMul",
    vacuous=_GO + _GO_MUL.replace("Mul(2, 3)", "Add(3, 3)"),
    strange=_GO + _GO_MUL.replace("if Mul", "nowhere()\n\tif Mul"),
    skipped=_GO.replace("\tif Add", "\tt.Skip()\n\tif Add", 1) + _GO_MUL,
)  # fmt: skip

_PLUGINS = "".join(
    f"<plugin><artifactId>maven-{name}-plugin</artifactId><version>{version}</version></plugin>"
    for name, version in (("resources", "3.3.1"), ("compiler", "3.13.0"), ("surefire", "3.2.5"))
)
_POM = (
    '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>x</groupId>'
    "<artifactId>calc</artifactId><version>1</version><properties><maven.compiler.release>17</maven.compiler.release>"
    "<project.build.sourceEncoding>UTF-8</project.build.sourceEncoding></properties><dependencies><dependency>"
    "<groupId>org.junit.jupiter</groupId><artifactId>junit-jupiter</artifactId><version>5.10.2</version><scope>test</scope>"
    f"</dependency></dependencies><build><plugins>{_PLUGINS}</plugins></build></project>"
)
_JAVA_HEAD = "package x;\nimport org.junit.jupiter.api.*;\n\nclass CalcTest {\n"
_JAVA_ADD = "    @Test void adds() { Assertions.assertEquals(5, Calc.add(2, 3)); }\n"
_JAVA_MUL = "    @Test void multiplies() { Assertions.assertEquals(6, Calc.mul(2, 3)); }\n"
_CALC = "package x;\n\npublic class Calc {\n    public static int add(int a, int b) { return a + b; }\n"
_CALC_MUL = "    public static int mul(int a, int b) { return a * b; }\n"
_JAVA_TEST = "src/test/java/x/CalcTest.java"
MAVEN = Kit(
    "maven surefire", str(Path.home() / ".m2/repository/org/apache/maven/plugins/maven-surefire-plugin/3.2.5"),
    {"pom.xml": _POM},
    ("src/main/java/x/Calc.java", _CALC + "}\n", _CALC + _CALC_MUL + "}\n"),
    (_JAVA_TEST, _JAVA_HEAD + _JAVA_ADD + "}\n", _JAVA_HEAD + _JAVA_ADD + _JAVA_MUL + "}\n"),
    f"{_JAVA_TEST}::adds", f"{_JAVA_TEST}::multiplies",
    vacuous=_JAVA_HEAD + _JAVA_ADD + _JAVA_MUL.replace("Calc.mul(2, 3)", "Calc.add(3, 3)") + "}\n",
    strange=_JAVA_HEAD + _JAVA_ADD + _JAVA_MUL.replace("{ A", "{ Nowhere.go(); A") + "}\n",
    skipped=_JAVA_HEAD + "    @Disabled\n" + _JAVA_ADD + _JAVA_MUL + "}\n",
)  # fmt: skip

_RUST_ADD = "#[test]\nfn adds() {\n    assert_eq!(calc::add(2, 3), 5);\n}\n"
_RUST_MUL = "\n#[test]\nfn multiplies() {\n    assert_eq!(calc::mul(2, 3), 6);\n}\n"
_RUST = "pub fn add(a: i32, b: i32) -> i32 {\n    a + b\n}\n"
CARGO = Kit(
    "cargo test", "cargo", {"Cargo.toml": '[package]\nname = "calc"\nversion = "0.1.0"\nedition = "2021"\n'},
    ("src/lib.rs", _RUST, _RUST + "\npub fn mul(a: i32, b: i32) -> i32 {\n    a * b\n}\n"),
    ("tests/calc.rs", _RUST_ADD, _RUST_ADD + _RUST_MUL), "tests/calc.rs::adds", "tests/calc.rs::multiplies",
    vacuous=_RUST_ADD + _RUST_MUL.replace("calc::mul(2, 3)", "calc::add(3, 3)"),
    strange=_RUST_ADD + _RUST_MUL.replace("    assert", "    nowhere();\n    assert"),
    skipped=_RUST_ADD.replace("fn adds", "#[ignore]\nfn adds") + _RUST_MUL,
)  # fmt: skip

KITS = (PYTEST, UNITTEST, NODE, JEST, VITEST, GO, MAVEN, CARGO)
