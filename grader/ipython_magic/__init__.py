"""``%grade`` in a student's own kernel: the only place where probes run beside their judging.

This reveals nothing: the kernel has only the public key, whose answers every student has; hidden
probes are not run; and the result does not count. Grades come from `grade`, whose kernels cannot
read this folder, and nothing on its side imports it. Begin with `grader.ipython_magic.check.check`.
"""
