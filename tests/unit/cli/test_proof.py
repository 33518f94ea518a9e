"""`ferry proof` on real git repositories; what a proof is, is in tests/unit/domain/test_proof.py."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ferry.cli.main import main

LIB = {"lib.py": "def double(n):\n    return 2 * n\n", "pytest.ini": "[pytest]\npythonpath = .\n"}
OLD = "from lib import double\n\n\ndef test_double():\n    assert double(2) == 4\n"
BASE = {**LIB, "tests/test_lib.py": OLD}
TREBLE = {"treble.py": "def treble(n):\n    return 3 * n\n"}
GOOD = {"tests/test_treble.py": "from treble import treble\n\n\ndef test_treble():\n    assert treble(2) == 6\n"}


@dataclass
class Repository:
    folder: Path

    def git(self, *words: str) -> str:
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@acme.test")
        command = ["git", "-C", str(self.folder), *who, *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def commit(self, files: Mapping[str, str | None]) -> str:
        for path, text in files.items():
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).unlink() if text is None else (self.folder / path).write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "Change")
        return self.git("rev-parse", "HEAD").strip()

    def state(self) -> dict[str, object]:
        """All that is in the folder, git's own files too, with times."""
        files = (path for path in sorted(self.folder.rglob("*")) if path.is_file())
        return {str(path): (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "repo")
    made.folder.mkdir()
    made.git("init", "-q", "-b", "main")
    made.commit(BASE)
    return made


@dataclass
class Said:
    code: int
    out: str
    err: str

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found


def proof(repository: Path, base: str = "HEAD~1", head: str = "HEAD") -> Said:
    out, err = io.StringIO(), io.StringIO()
    words = ["proof", "--repo", str(repository), "--base", base, "--head", head, "--sandbox", "subprocess"]
    return Said(main(words, out=out, err=err), out.getvalue(), err.getvalue())


def test_a_proved_change_is_told_test_by_test_and_the_repository_is_as_it_was(repository: Repository) -> None:
    repository.commit({**TREBLE, **GOOD})
    before = repository.state()

    said = proof(repository.folder)

    assert said.code == 0
    assert said.data == {
        "tests": [
            {"id": "tests/test_lib.py::test_double", "base": "passed", "head": "passed"},
            {"id": "tests/test_treble.py::test_treble", "base": "error", "head": "passed"},
        ],
        "proved": True,
        "reason": "1 test fails without the change and passes with it; 2 pass in all",
    }
    assert said.err == ""
    assert repository.state() == before


def test_a_name_that_is_new_in_a_file_that_was_there_counts_as_brought(repository: Repository) -> None:
    test = OLD.replace("double\n", "double, treble\n", 1) + "\n\ndef test_treble():\n    assert treble(2) == 6\n"
    repository.commit({"lib.py": LIB["lib.py"] + "\n\n" + TREBLE["treble.py"], "tests/test_lib.py": test})

    said = proof(repository.folder)

    assert said.data["proved"], said.data["reason"]
    assert {"id": "tests/test_lib.py::test_double", "base": "passed", "head": "passed"} in said.data["tests"]


CHEATS = {
    "a test that never fails": ({**TREBLE, "tests/test_t.py": "def test_t():\n    assert True\n"}, "no test fails"),
    "no test": (TREBLE, "no test was added or changed"),
    "the old test deleted": ({**TREBLE, **GOOD, "tests/test_lib.py": None}, "1 test that passed is lost"),
    "the old test skipped": (
        {**TREBLE, **GOOD, "tests/test_lib.py": OLD.replace("def t", "@__import__('pytest').mark.skip\ndef t")},
        "1 test that passed is lost: tests/test_lib.py::test_double (skipped now",
    ),
    "the new test expected to fail": (
        {"tests/test_t.py": "import pytest\n\n\n@pytest.mark.xfail\ndef test_t():\n    assert 0\n"},
        "(skipped without the change, skipped with it)",
    ),
    "a helper that is not there": (
        {
            **TREBLE,
            "tests/test_t.py": "try:\n    import treble\nexcept ImportError:\n    import nothing_here\n\n\n"
            "def test_t():\n    pass\n",
        },
        "needs nothing_here, which the change does not bring",
    ),
    "a conftest that lets everything pass": (
        {
            "lib.py": LIB["lib.py"] + "\n\ndef treble(n):\n    return 0\n",
            "tests/test_t.py": "import lib\n\n\ndef test_t():\n    assert lib.treble(2) == 6\n",
            "conftest.py": "import pytest\n\n\n@pytest.hookimpl(hookwrapper=True)\n"
            "def pytest_runtest_makereport(item):\n"
            "    outcome = yield\n    outcome.get_result().outcome = 'passed'\n",
        },
        "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("cheat", CHEATS)
def test_a_cheat_is_not_proved(repository: Repository, cheat: str) -> None:
    files, reason = CHEATS[cheat]
    repository.commit(files)

    said = proof(repository.folder)

    assert (said.code, said.data["proved"]) == (1, False)
    assert reason in said.data["reason"]


def test_what_is_not_committed_is_no_part_of_it_and_this_is_said(repository: Repository) -> None:
    repository.commit({**TREBLE, **GOOD})
    (repository.folder / "treble.py").write_text("broken")

    said = proof(repository.folder)

    assert (said.code, said.data["proved"]) == (0, True)
    assert said.err.count("\n") == 1
    assert "changes that are not committed" in said.err


def test_what_is_wrong_with_the_question_is_one_line_and_no_answer(repository: Repository, tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.mkdir()
    asked = {
        "--head: nope is no commit": proof(repository.folder, "HEAD", "nope"),
        "--base: HEAD~7 is no commit": proof(repository.folder, "HEAD~7", "HEAD"),
        "is no git repository": proof(plain, "HEAD", "HEAD"),
        "is no folder": proof(tmp_path / "nothing", "HEAD", "HEAD"),
    }

    for words, said in asked.items():
        assert (said.code, said.out) == (2, "")
        assert words in said.err
        assert said.err.count("\n") == 1


def test_a_repository_without_any_way_to_run_tests_cannot_be_proved(tmp_path: Path) -> None:
    empty = Repository(tmp_path)
    empty.git("init", "-q")
    empty.commit({"README.md": "a"})
    empty.commit({"README.md": "b"})

    said = proof(tmp_path)

    assert (said.code, said.out) == (2, "")
    assert "no test command is known" in said.err


def test_a_repository_without_a_test_cannot_be_proved(tmp_path: Path) -> None:
    made = Repository(tmp_path)
    made.git("init", "-q")
    made.commit(LIB)
    made.commit(TREBLE)

    said = proof(tmp_path)

    assert (said.code, said.out) == (2, "")
    assert said.err == "InvalidSettings: no test could be run: no test was added or changed\n"


def test_other_commands_are_judged_by_their_exit_code_which_is_said(tmp_path: Path) -> None:
    made = Repository(tmp_path)
    made.git("init", "-q")
    made.commit({"Makefile": "test:\n\t@for t in tests/*.sh; do sh $$t || exit 1; done\n", "tests/a.sh": "true\n"})
    made.commit({"done": "yes", "tests/b.sh": "test -f done\n"})

    said = proof(tmp_path)

    assert said.data["tests"] == [{"id": "make test::exit code", "base": "failed", "head": "passed"}]
    assert said.data["reason"].endswith("by exit code alone: make test")


def test_a_link_of_the_base_in_the_place_of_the_tests_leads_nowhere(repository: Repository, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    shutil.rmtree(repository.folder / "tests")
    (repository.folder / "tests").symlink_to(outside)
    repository.git("add", "-A")
    repository.git("commit", "-q", "-m", "Link")
    (repository.folder / "tests").unlink()
    repository.commit({**TREBLE, **GOOD})

    said = proof(repository.folder)

    assert said.data["proved"], said.data["reason"]
    assert not list(outside.iterdir())
