"""Sums of money, percentages and quantities in a text."""
