"""Values, their encoding and names, as shared by the grader, its driver and the student's kernel.

Begin with `values`. Nothing here imports torch.
"""
