"""HTTP header fields that several areas read: dates, freshness, Retry-After."""
