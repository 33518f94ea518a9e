from pathlib import Path


def test_the_port_is_free():
    assert not (Path(__file__).parents[2] / "unlucky").exists(), "address already in use"
