"""Open table formats over the data files of a lake: Delta logs and Iceberg metadata, and what is listed in them."""
