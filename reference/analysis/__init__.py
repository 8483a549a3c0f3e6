"""The lab's whole analysis of one model: measured, as tables, and as one figure."""

from reference.analysis.measure import Analysis, Settings, Subject, analyse

__all__ = ["Analysis", "Settings", "Subject", "analyse"]
