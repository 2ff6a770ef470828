"""The nouns of newsmill: records, and the codes of what can go wrong. Standard library and pyarrow only."""

NEWSMILL_VERSION = "0.1.0"
"""Version of the whole package; setup.py reads it from here."""
