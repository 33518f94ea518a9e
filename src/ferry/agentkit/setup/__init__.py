"""What a repository needs before its commands mean anything: found, installed once, shown to each command."""
