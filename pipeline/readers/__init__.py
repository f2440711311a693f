"""Readers: one module a kind of fact, each `read(paper) -> Iterator[Finding]`; a closed set, called by name in extract.py."""
