"""Reads a submitted notebook and analyses its code statically; nothing here runs student code.

Begin with `read.py`, which parses the file; `slices.py` finds the cells that one function needs.
"""
