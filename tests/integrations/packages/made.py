"""Parts of packages, small and quick to make."""

from dataclasses import replace

from grader.integrations.packages.contents import Parts

PARTS = Parts(
    lab="induction_heads",
    title="Induction Head Analysis",
    version="0.1.0",
    wheel_name="induction_lab_grader-0.1.0-py3-none-any.whl",
    wheel=b"the wheel",
    pins="torch==2.13.0\n",
    index=None,
    rubric=b"lab: induction_heads\n",
    public_key=b"public",
    hidden_keys=(b"SECRET one", b"SECRET two"),
    template=b"{}",
    example=b"{}",
    seconds=600,
)
INDEXED = replace(PARTS, index="https://example.org/whl/cpu")
