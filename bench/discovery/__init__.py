"""Discovery measured on real issues; see README.md for what to lay beside it."""
