"""A small GitHub Actions: reads a repository's workflow files and really runs them on this machine."""
