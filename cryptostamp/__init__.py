"""Cryptostamp."""
