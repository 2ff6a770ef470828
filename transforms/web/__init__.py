"""Requests to web servers: permitted addresses, rate limits, robots.txt, and responses within limits."""
