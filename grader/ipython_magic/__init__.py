"""``%grade`` in a student's own kernel: the one place where probes are asked and judged together.

That is no hole: here is the public key alone, whose answers every student has; no hidden probe is
asked; and what is said here is for the student and counts for nothing. Grades come from `grade`,
whose kernels cannot see this room, and of whose side nothing imports it.
"""
