OLD = {"cup": 250}
