"""Records become Parquet files: partitioned, staged, moved, and listed in a manifest."""
