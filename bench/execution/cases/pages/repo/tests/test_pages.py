from pages import pages


def test_full_pages():
    assert pages(20, 10) == 2
