"""The data of a report's charts: the student's values beside the expected ones, not yet drawn.

Begin with `extract.py`, which reads the values from a graded submission; `grader.render.charts`
draws them.
"""

from grader.charts.extract import extract_charts
from grader.charts.model import AttentionPattern, Bars, Chart, Heatmap, Tokens

__all__ = ["AttentionPattern", "Bars", "Chart", "Heatmap", "Tokens", "extract_charts"]
