"""Sentences, lead summary, keyphrases and reading time of a text."""
