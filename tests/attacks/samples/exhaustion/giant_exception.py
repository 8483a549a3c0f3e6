# ATTACK: giant_exception
# KIND: cell
# BASE: correct
# NEEDS: any
# TRIES: Raise an exception with a message of fifty megabytes and a chain of three hundred causes.
# MUST: Full score: the functions are right.
# SIGN: none
error = ValueError("x" * 50_000_000)
for _ in range(300):
    another = RuntimeError("y" * 1000); another.__cause__ = error; error = another
raise error
