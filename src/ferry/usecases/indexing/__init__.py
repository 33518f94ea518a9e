"""Indexes of a whole organisation that stay fresh.

making (an index of what files tell) → shelf (where indexes lie) → refresh (one repository) → organisation (all of
them, as a job that can be broken off).
"""
