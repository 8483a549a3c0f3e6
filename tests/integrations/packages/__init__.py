"""Tests of the packages' contents, and of running them where platforms put them."""
