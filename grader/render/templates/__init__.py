"""HTML templates that escape every value, and the script and style they embed.

Begin with `page.py`, which fills them in; each result is one self-contained page.
"""
