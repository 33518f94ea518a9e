import pytest
from pages import pages


@pytest.mark.parametrize(("entries", "count"), [(0, 1), (1, 1), (10, 1), (11, 2), (20, 2), (21, 3), (10**20 + 1, 10**19 + 1)])
def test_the_rest_is_a_page_too(entries, count):
    assert pages(entries, 10) == count
