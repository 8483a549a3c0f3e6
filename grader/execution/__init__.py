"""Runs a submission: the job, the driver process and its client, and the result of the run.

Begin with `grader.execution.run.run_job`. What the driver does with a job is in `grader.kernel`.
"""
