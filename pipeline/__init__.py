"""livetable: a living evidence table, from the PubMed query to Table 1."""

__version__ = "0.1.0"
