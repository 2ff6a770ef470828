"""Feeds as subscriptions: lists of them, what is known of each, when each is due."""
