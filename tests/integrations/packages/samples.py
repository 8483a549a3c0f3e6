"""Sample contents of packages, small and quick to build."""

from dataclasses import replace

from grader.integrations.packages.contents import PackageContents

CONTENTS = PackageContents(
    lab="induction_heads",
    title="Induction Head Analysis",
    grader_version="0.1.0",
    wheel_filename="induction_lab_grader-0.1.0-py3-none-any.whl",
    wheel=b"the wheel",
    constraints="torch==2.13.0\n",
    index_url=None,
    rubric={"rubric.yaml": b"lab: induction_heads\n"},
    public_key=b"public",
    hidden_keys=(b"SECRET one", b"SECRET two"),
    template=b"{}",
    example=b"{}",
    time_limit=600,
)
INDEXED = replace(CONTENTS, index_url="https://example.org/whl/cpu")
