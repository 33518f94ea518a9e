from fx import convert


def test_rates_are_exact_and_halves_go_up():
    assert (convert(100, "1.25"), convert(50, "0.01"), convert(10, "0.25"), convert(100)) == (125, 1, 3, 100)
