"""Make a kernel behave as the student's own did: devices, Colab, debuggers, figures, model loading.

Begin with `install`, which `grader.kernel.startup` calls before the first cell. Each module here
stands for one thing that a student's machine has and the grader's lacks.
"""

from grader.kernel.shims import colab, figures, model_loading, shell


def install() -> None:
    """Install every shim in this kernel."""
    model_loading.install()
    colab.install()
    shell.install()
    figures.install()
