"""Indexes stay fresh on the whole stack: by a push's webhook, and by the sweep where that is lost."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from ferry.adapters.s3 import S3ArtifactStore
from ferry.domain.retrieval.index import Index
from ferry.usecases.indexing import shelf
from tests.fakes.indexes import defines, index_keys
from tests.stack.journey import Journey, running
from tests.stack.test_mend import found, sweep

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]
REPO = "acme/pricing"


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    with running(tmp_path_factory.mktemp("checkout"), IGNORED_REPOSITORIES="storefront") as journey:
        yield journey


def artifacts(journey: Journey) -> S3ArtifactStore:
    s3 = journey.stack.clients("s3")
    [bucket] = s3.list_buckets()["Buckets"]
    return S3ArtifactStore(s3, bucket["Name"])


def index(journey: Journey, sha: str, repo: str = REPO) -> Index | None:
    """The index of `repo`, once it is of `sha`."""
    there = shelf.newest(repo, artifacts(journey))
    return shelf.load(there, artifacts(journey)) if there and there.sha == sha else None


def indexes(journey: Journey) -> list[str]:
    return index_keys(artifacts(journey), "index/acme+pricing/")


def test_a_push_has_its_repository_indexed_at_the_new_commit(journey: Journey) -> None:
    first = journey.push(REPO, "src/acme_pricing/zebra.py", "def zebra_crossing(): ...\n")
    journey.until(lambda: index(journey, first), 30)
    second = journey.push(REPO, "src/acme_pricing/quagga.py", "def quagga_crossing(): ...\n")

    now = journey.until(lambda: index(journey, second), 30)

    assert defines(now, "zebra_crossing")
    assert defines(now, "quagga_crossing")
    journey.until(lambda: len(indexes(journey)) == 1, 20)


def test_the_sweep_indexes_what_no_push_told_and_leaves_out_what_is_ignored(journey: Journey) -> None:
    assert found(sweep(journey), "indexes") >= 3

    others = ["acme/catalog", "acme/checkout", "acme/notifications"]
    journey.until(lambda: set(others) <= set(shelf.stored(artifacts(journey))), 30)
    assert "acme/storefront" not in shelf.stored(artifacts(journey))


def test_the_job_makes_the_rest_and_finds_nothing_to_do_afterwards(journey: Journey) -> None:
    made, again = journey.ferry("index", "--json"), journey.ferry("index")

    assert (made.returncode, again.returncode) == (0, 0), made.stderr
    rows = {row["repo"]: row["done"] for row in json.loads(made.stdout)["repositories"]}
    assert set(rows) == {f"acme/{name}" for name in ("catalog", "checkout", "notifications", "pricing", "storefront")}
    assert rows.pop("acme/storefront") == "left out"
    assert set(rows.values()) <= {"built", "fresh"}
    assert again.stdout == "5 repositories: 4 fresh, 1 left out\n"
