"""Hypothesis settings for these tests."""

from hypothesis import settings

# No deadline, since machines can be slow; no database, since it would write to the checkout.
settings.register_profile("grader", deadline=None, database=None)
settings.load_profile("grader")
