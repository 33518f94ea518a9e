"""Notifications: what customers hear from us, and on which way."""
