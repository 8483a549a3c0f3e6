"""Makes the kernel display figures together with the data they are drawn from."""

from IPython.core.getipython import get_ipython

from grader.kernel.figure_data import matplotlib_mime_data


def install() -> None:
    """Display matplotlib figures together with their data, even if matplotlib is imported later."""
    shell = get_ipython()
    if shell is not None and shell.display_formatter is not None:
        # The only formatter that matplotlib's inline backend does not replace with its own.
        bundles = shell.display_formatter.mimebundle_formatter
        bundles.for_type_by_name("matplotlib.figure", "Figure", matplotlib_mime_data)
