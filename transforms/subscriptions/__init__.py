"""Lists of feeds, and diagnoses of the feeds that they name."""
