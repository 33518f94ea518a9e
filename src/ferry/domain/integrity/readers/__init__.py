"""From source text to facts, one reader per language."""
