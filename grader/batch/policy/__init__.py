"""The instructor's policies for a batch: manual grades and late penalties."""
