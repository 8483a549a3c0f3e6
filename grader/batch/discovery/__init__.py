"""Finds every student's submission in a folder, a zip or a platform's download.

Begin with `find.find_submissions`; `layouts/` has one file for each known layout.
"""
