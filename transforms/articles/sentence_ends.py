"""What sentences end with, in the scripts that are read."""

STOPS = (".", "!", "?", "。", "！", "？", "؟", "۔", "।")
"""Marks that end a sentence; strings of one character, for ``str.endswith``."""

SENTENCE_ENDS = (*STOPS, "…", "”", '"', "’", "“", "»", "」", "』")
"""What may stand last in a sentence: a mark, or the quotation mark behind it."""
