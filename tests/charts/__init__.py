"""Tests of the chart data of a report."""
