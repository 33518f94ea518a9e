"""From a ticket to ranked repositories and files, without any model and without I/O.

documents (what a repository is made of) → index (postings) → rank (files) → route (repositories) → discover (all).
"""
