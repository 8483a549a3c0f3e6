"""The tests: what each one holds is its docstring."""
