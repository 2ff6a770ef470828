"""Lists of feeds, and what feeds they name."""
