"""Layouts of submissions, one a file: each assigns files to students by their names.

`detect.group_by_student` decides which layout a folder or zip has.
"""
