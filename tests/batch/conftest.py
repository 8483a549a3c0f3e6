"""Settings of hypothesis for these tests."""

from hypothesis import settings

# No deadline: a busy machine is no bug. No database: tests must not write into the checkout.
settings.register_profile("grader", deadline=None, database=None)
settings.load_profile("grader")
