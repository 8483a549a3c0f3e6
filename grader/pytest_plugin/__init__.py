"""pytest as a front end: a notebook is a file of tests, one for each criterion."""
