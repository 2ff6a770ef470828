"""What earlier runs have committed decides what is new, what is a new version and what is neither."""
