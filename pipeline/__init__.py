"""The sentence: which stage feeds which, and the command line that says it."""
