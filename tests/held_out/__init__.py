"""Solutions written without sight of the rubric: what an unseen student might hand in.

Each function is called after the lab function it stands for, two underscores, and its own name.
They are not for tuning: where one is judged wrongly, the rubric's proof lacks a case.
"""
