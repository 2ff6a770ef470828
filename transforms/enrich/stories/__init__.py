"""Which articles tell the same story: a sketch of each text, and what is decided by sketches at a commit."""
