from __future__ import annotations

from pathlib import Path

import pytest

from ferry.agentkit.workspace import Workspace, tree_digest, workspace
from ferry.domain.change import FileChange
from ferry.domain.errors import InvalidDocument
from tests.fakes.forge import FakeForge

FILES = {"a.py": "a\n", "pkg/b.py": "b\n"}


@pytest.fixture
def forge() -> FakeForge:
    return FakeForge({"acme/one": FILES, "acme/two": {"c.py": "c\n"}, "other/two": {}})


def head(forge: FakeForge, repo: str) -> str:
    sha = forge.head(repo, "main")
    assert sha
    return sha


def test_repositories_lie_side_by_side_and_are_gone_afterwards(forge: FakeForge) -> None:
    with workspace(forge, "acme/one", head(forge, "acme/one"), {"acme/two": head(forge, "acme/two")}) as place:
        assert place.repo == place.root / "one"
        assert (place.repo / "../two/c.py").read_text() == "c\n"

    assert not place.folder.exists()


def test_everything_that_differs_is_seen_and_nothing_else(forge: FakeForge) -> None:
    with workspace(forge, "acme/one", head(forge, "acme/one"), {}) as place:
        assert place.changed() == (frozenset(), frozenset())
        (place.repo / "a.py").chmod(0o755)
        (place.repo / "pkg/b.py").unlink()
        (place.repo / "new.py").write_text("n\n")
        (place.repo / "link").symlink_to("/etc")
        (place.repo / "__pycache__").mkdir()
        (place.repo / "__pycache__/a.pyc").write_bytes(b"x")

        paths, strange = place.changed()

        assert paths == {"a.py", "pkg/b.py", "new.py", "link"}
        assert strange == {"link"}
        assert place.changes(paths - strange) == (
            FileChange("a.py", b"a\n", executable=True),
            FileChange("new.py", b"n\n"),
            FileChange("pkg/b.py", None),
        )


def test_a_replay_is_the_base_with_the_changes_and_nothing_of_the_work(forge: FakeForge) -> None:
    changes = (FileChange("a.py", None), FileChange("x/y.sh", b"y", executable=True))
    with workspace(forge, "acme/one", head(forge, "acme/one"), {}) as place:
        (place.repo / "pkg/b.py").write_text("meddled")

        with place.replay(changes) as root:
            found = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
            assert found == {"one/pkg/b.py", "one/x/y.sh"}
            assert (root / "one/pkg/b.py").read_text() == "b\n"

        assert not root.exists()


def test_a_trial_has_the_work_and_leaves_it_alone(forge: FakeForge) -> None:
    with workspace(forge, "acme/one", head(forge, "acme/one"), {}) as place:
        (place.repo / "a.py").write_text("mine")

        with place.trial() as root:
            assert (root / "one/a.py").read_text() == "mine"
            (root / "one/a.py").write_text("spoilt")

        assert (place.repo / "a.py").read_text() == "mine"


def test_the_digest_of_a_tree_is_that_of_the_commit_it_becomes(forge: FakeForge) -> None:
    base = head(forge, "acme/one")
    changes = (FileChange("a.py", None), FileChange("x.sh", b"y", executable=True))
    sha = forge.commit("acme/one", "main", parent=base, message="m", changes=changes)

    with workspace(forge, "acme/one", base, {}) as before, before.replay(changes) as root:
        announced = tree_digest(root / "one")
    with workspace(forge, "acme/one", sha, {}) as after:
        assert tree_digest(after.pristine) == announced
    with workspace(forge, "acme/one", base, {}) as other:
        assert tree_digest(other.pristine) != announced


def test_two_repositories_of_one_name_cannot_lie_side_by_side(forge: FakeForge) -> None:
    beside = {"acme/two": head(forge, "acme/two"), "other/two": head(forge, "other/two")}

    with (
        pytest.raises(InvalidDocument, match="two repositories are called two"),
        workspace(forge, "acme/one", head(forge, "acme/one"), beside),
    ):
        pass


def test_a_restored_path_is_what_it_was(tmp_path: Path) -> None:
    place = Workspace(tmp_path, "one")
    for tree in (place.pristine, place.repo):
        tree.mkdir(parents=True)
        (tree / "a.py").write_text("a")
    (place.repo / "a.py").write_text("changed")
    (place.repo / "new").write_text("new")

    place.restore(["a.py", "new"])

    assert place.changed() == (frozenset(), frozenset())


def test_names_that_are_not_utf8_have_a_digest_too(tmp_path: Path) -> None:
    (tmp_path / "name-\udcff.txt").write_text("x")

    assert len(tree_digest(tmp_path)) == 64
