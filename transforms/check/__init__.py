"""Verification of an output."""
