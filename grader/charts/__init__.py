"""What pictures of a report show: numbers that a student's code gave, beside the expected ones."""

from grader.charts.extract import pictures_of
from grader.charts.model import Bars, Heatmap, Pattern, Picture, Tokens

__all__ = ["Bars", "Heatmap", "Pattern", "Picture", "Tokens", "pictures_of"]
