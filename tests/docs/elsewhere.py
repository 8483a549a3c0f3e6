"""Commands in the docs that are not run here: why, and the test that runs them."""

from typing import NamedTuple


class Elsewhere(NamedTuple):
    """A test that runs a command of the docs, and the reason why the docs test does not."""

    test: str
    """A test, as pytest names it; or a step of `.ci/run`."""
    reason: str


_CI = "installs the project: CI runs the line as it stands"
_HIDDEN_KEYS = "makes eight hidden keys, some minutes"
_DOCKER = "needs a Docker engine: there it is installed and run in a mount namespace"
_UNPACKED = "is about what such a package holds"
_CLUSTER = "starts processes that stay"
_SECONDS = "takes some 15 s a model, and is asked there for small ones"
_WEIGHTS = "needs weights from a model hub"

_WORDS = "the same run as for junit, in other words"
_FOUND = "found there; graded as other folders are"
_ANOTHER = "makes keys for another model, as other commands do here"

_FORMATS = "tests/integrations/results/test_formats.py::test_output_matches_the_golden_file"
_SHIPPED = "tests/cli/test_grade.py::test_the_shipped_key_is_fresh"
_IN_PLACE = "tests/integrations/packages/test_in_place.py::test_"
_GRADESCOPE = _IN_PLACE + "gradescope_grades_a_notebook"
_PRAIRIELEARN = _IN_PLACE + "prairielearn_grades_a_notebook"
_COURSERA = _IN_PLACE + "coursera_grades_a_notebook"
_WORKERS = "tests/batch/test_dask_cluster.py::test_workers_started_here_give_the_same_reports"
_LOST = "tests/batch/test_dask_cluster.py::test_a_killed_workers_submissions_go_to_another"
_ANALYSIS = "tests/reference/test_command.py::test_a_process_prints_tables_and_nothing_else"
_CHECKPOINTS = "tests/models/test_checkpoints.py::test_"

ELSEWHERE = {
    "python3 -m venv .venv && .venv/bin/pip install -q -c constraints.txt . "
    "&& .venv/bin/grade student_template/example_submission.ipynb": Elsewhere(".ci/run", _CI),
    "python3 -m venv .venv && .venv/bin/pip install -q -c constraints.txt -e '.[test]' "
    "&& .venv/bin/python -m pytest -q -n 2 --dist loadscope": Elsewhere(".ci/run", _CI),
    "grade package gradescope -o autograder.zip": Elsewhere(_GRADESCOPE, _HIDDEN_KEYS),
    'grade package gradescope -o autograder.zip --pip-index-url "$TORCH_INDEX"': Elsewhere(
        _GRADESCOPE, _HIDDEN_KEYS
    ),
    "grade container gradescope --keys /autograder/source/keys": Elsewhere(
        "tests/integrations/results/test_container.py::test_a_notebook_is_graded_in_the_platforms_folder",
        "reads a platform's folders",
    ),
    "grade rubric check": Elsewhere(".ci/run", "proves the whole rubric, some minutes"),
    "grade package prairielearn -o prairielearn.zip && unzip -q prairielearn.zip -d packed": (
        Elsewhere(_PRAIRIELEARN, _HIDDEN_KEYS)
    ),
    "docker build -t induction-lab-grader:0.1.0 packed/image": Elsewhere(_PRAIRIELEARN, _DOCKER),
    "cp -r packed/questions/induction_heads pl-course/questions/": Elsewhere(
        "tests/integrations/packages/test_packages.py::test_prairielearns_question_has_all_its_keys",
        _UNPACKED,
    ),
    "grade package coursera -o coursera.zip && unzip -q coursera.zip -d packed": Elsewhere(
        _COURSERA, _HIDDEN_KEYS
    ),
    "docker build -t induction-lab-grader packed": Elsewhere(_COURSERA, _DOCKER),
    "pip install 'induction-lab-grader[cluster]'": Elsewhere(".ci/run", _CI),
    "grade submissions/ -o results --cluster local --jobs 8": Elsewhere(_WORKERS, _CLUSTER),
    "dask scheduler": Elsewhere(_LOST, _CLUSTER),
    "dask worker tcp://10.0.0.1:8786 --nthreads 1 --nworkers 8 --no-dashboard": Elsewhere(
        _LOST, _CLUSTER
    ),
    "grade submissions/ -o results --cluster tcp://10.0.0.1:8786": Elsewhere(_LOST, _CLUSTER),
    "python -m reference": Elsewhere(_ANALYSIS, _SECONDS),
    "python -m reference --model planted-7x5@3": Elsewhere(_ANALYSIS, _SECONDS),
    "python -m reference --model gpt2-small": Elsewhere(
        "tests/reference/test_command.py::test_a_missing_model_exits_with_3", _WEIGHTS
    ),
    "python -m reference --checkpoints trained-2x4@2": Elsewhere(
        _CHECKPOINTS + "a_run_is_trained_once_and_saved", "trains a model, some minutes"
    ),
    "python -m reference --checkpoints pythia-14m": Elsewhere(
        _CHECKPOINTS + "published_checkpoints_come_from_the_hubs_cache", _WEIGHTS
    ),
    "python -m reference --checkpoints my_run/": Elsewhere(
        _CHECKPOINTS + "a_directory_of_steps_is_read_in_order", "needs a run of the reader's own"
    ),
    "python -m reference --checkpoints none": Elsewhere(_ANALYSIS, _SECONDS),
    "grade notebook.ipynb --format codegrade >&3": Elsewhere(_FORMATS, _WORDS),
    'grade notebook.ipynb --format github-classroom >> "$GITHUB_OUTPUT"': Elsewhere(
        _FORMATS, _WORDS
    ),
    "grade notebook.ipynb --format autolab": Elsewhere(_FORMATS, _WORDS),
    'grade notebook.ipynb --format vocareum --html "$vocareumReportFile" '
    '>> "$vocareumGradeFile"': Elsewhere(_FORMATS, _WORDS),
    "grade notebook.ipynb --format codio -o codio.json": Elsewhere(_FORMATS, _WORDS),
    "grade key build -o my.key": Elsewhere(
        "tests/docs/workplace.py::prepare", "makes the key that the folder for all others needs"
    ),
    "grade key verify": Elsewhere(_SHIPPED, "is about the key of the whole lab"),
    "grade course/submitted -o lab1 --assignment lab1": Elsewhere(
        "tests/batch/discovery/layouts/test_platforms.py::test_nbgrader_of_several_assignments",
        _FOUND,
    ),
    "grade submissions/ -o results --force": Elsewhere(
        "tests/batch/test_run.py::test_everyone_ends_and_nothing_is_done_twice",
        "grades everyone again",
    ),
    "grade notebook.ipynb --model planted-7x5@3": Elsewhere(
        "tests/grading/test_whole_notebooks.py::", _ANOTHER
    ),
    "pytest submissions --lab=my_rubric.yaml -n 2 --dist loadfile --junitxml=report.xml": Elsewhere(
        "tests/pytest_plugin/test_grading.py::test_each_notebook_has_its_own_score",
        "grades everyone again",
    ),
    "pytest notebook.ipynb --lab induction_heads -k compute_induction_scores": Elsewhere(
        "tests/pytest_plugin/test_grading.py::test_each_notebook_has_its_own_score",
        "grades the same notebook again",
    ),
    "grade rubric check my_rubric.yaml --model-sets 1": Elsewhere(
        "tests/docs/test_labs.py::test_a_command_works", "proves a rubric as small as that one"
    ),
    "grade induction_heads.ipynb --open": Elsewhere(
        "tests/cli/test_browser.py::test_the_users_own_browser_gets_the_page",
        "needs a browser",
    ),
    "grade induction_heads.ipynb --watch --only compute_induction_scores": Elsewhere(
        "tests/cli/watch/test_watch.py::test_every_save_is_graded_until_ctrl_c",
        "goes on until it is stopped",
    ),
    "pip install -c constraints.txt .": Elsewhere(".ci/run", _CI),
    "pip install -e .": Elsewhere(
        "tests/docs/test_labs.py::test_the_lab_is_found_by_its_name",
        "fetches what builds packages; there the package is installed without pip",
    ),
}
