import pytest
from duration import seconds


@pytest.mark.parametrize("text", ["5x", "", "5", "1h 5x", "h"])
def test_nonsense_is_refused(text):
    with pytest.raises(ValueError):
        seconds(text)


def test_durations_are_still_read():
    assert (seconds("45s"), seconds("1h 30m"), seconds("2h15m10s")) == (45, 5400, 8110)
