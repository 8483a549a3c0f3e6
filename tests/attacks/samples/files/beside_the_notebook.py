# ATTACK: beside_the_notebook
# KIND: maker
# BASE: correct
# NEEDS: any
# TRIES: Put modules, configuration and start-up files beside the notebook, each of which leaves a
#     mark when it is run.
# MUST: None of them is run or read; full score.
# SIGN: none
from pathlib import Path
CODE = "import pathlib\npathlib.Path(__file__).with_name('attacked_mark').write_text('x')\nraise SystemExit('beside')\n"
def build(out_dir):
    folder = Path(out_dir)
    for name in ("torch.py", "numpy.py", "conftest.py", "sitecustomize.py", "usercustomize.py", "ipython_config.py", "jupyter_config.py", "nbformat.py",
                 "grader.py", "reference.py", "json.py", "setup.py", "ipykernel_launcher.py", "jupyter_nbconvert_config.py"): (folder / name).write_text(CODE)
    for name in ("transformer_lens", "rubrics", "IPython"):
        (folder / name).mkdir(); (folder / name / "__init__.py").write_text(CODE)
    (folder / ".env").write_text("PYTHONSTARTUP=torch.py\nPYTHONPATH=.\n")
    (folder / "evil.pth").write_text("import torch\n")
    (folder / "pyproject.toml").write_text("[tool.induction-lab-grader]\nrubric = 'mine.yaml'\n")
    (folder / "attacked_heads.yaml").write_text("total: 0\n")
    return [folder / "base.ipynb"]
