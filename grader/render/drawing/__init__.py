"""Pictures as SVG that stands in a page: its text and lines take the page's colours."""
