"""Worker processes that read and enrich one element at a time, each under a budget of time and memory."""
