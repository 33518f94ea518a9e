from feeds import prices

found = prices("a;1.234,50\nb;1,234.50\nc;2,50\nd;2.50\ne;12\nf;")
assert found == {"a": 123450, "b": 123450, "c": 250, "d": 250, "e": 1200}, found
