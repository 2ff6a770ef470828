"""Asking the web: addresses that may be asked, how politely, and what comes back."""
