"""Code that runs inside a sandbox: readable there, standard library and py_landlock only.

Begin with `namespaces` (a forked child enters its sandbox), `restrict` (drops privileges) and
`supervisor` (kills what is left). `canary` is the test program that verifies a backend.
"""
