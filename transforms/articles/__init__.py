"""Articles read from pages, plain texts and feed entries."""
