"""Tests of what each platform's package contains and must not contain."""

import json
import re
import subprocess
import sys
from dataclasses import replace

import pytest

from grader.integrations.packages.files import Files
from grader.integrations.packages.registry import PACKAGES
from tests.integrations.packages.samples import CONTENTS, INDEXED

IMAGES = ["coursera", "prairielearn"]


def files(platform: str) -> Files:
    """Return a platform's package, with hidden keys only if they belong in it."""
    package = PACKAGES[platform]
    return package.make_files(
        CONTENTS if package.includes_hidden_keys else replace(CONTENTS, hidden_keys=())
    )


def scripts(platform: str) -> dict[str, str]:
    """Return a package's shell scripts as text."""
    executables = (item for item in files(platform).items() if item[1].executable)
    texts = {name: file.data.decode() for name, file in executables}
    return {name: text for name, text in texts.items() if text.startswith("#!/usr/bin/env bash\n")}


@pytest.mark.parametrize("platform", PACKAGES)
def test_every_package_installs_the_grader_with_pinned_dependencies(platform: str) -> None:
    """Each has the wheel, and the versions with which the keys were built."""
    names = [name.rsplit("/", 1)[-1] for name in files(platform)]
    assert {CONTENTS.wheel_filename, "constraints.txt"} <= set(names)


@pytest.mark.parametrize("platform", PACKAGES)
def test_hidden_keys_are_packed_only_where_students_cannot_read_them(platform: str) -> None:
    """The students' package and Classroom 50's bundle have none; the others have all of them."""
    hidden = [name for name, file in files(platform).items() if b"SECRET" in file.data]
    assert len(hidden) == (0 if platform in {"classroom50", "student"} else 2)
    assert all(re.search(r"keys/\d+\.key$", name) for name in hidden)


@pytest.mark.parametrize("platform", ["classroom50", "student"])
def test_packages_for_students_drop_hidden_keys(platform: str) -> None:
    """They leave hidden keys out even if the contents have some."""
    packed = PACKAGES[platform].make_files(CONTENTS).values()
    assert not any(b"SECRET" in file.data for file in packed)


@pytest.mark.parametrize("platform", PACKAGES)
def test_scripts_are_bash_with_unix_line_ends(platform: str) -> None:
    """Bash parses every script without an error."""
    for text in scripts(platform).values():
        assert "\r" not in text
        subprocess.run(["bash", "-n"], input=text, text=True, check=True)  # noqa: S607 (bash)


def test_gradescope_finds_its_scripts_at_the_root() -> None:
    """``setup.sh`` and ``run_autograder`` are executable."""
    found = files("gradescope")
    assert found["setup.sh"].executable
    assert found["run_autograder"].executable
    assert found["run_autograder"].data.startswith(b"#!")


def test_the_time_limit_is_passed_on() -> None:
    """Gradescope's command has it; PrairieLearn's is cut to the most that it allows."""
    contents = replace(CONTENTS, time_limit=1200)
    assert b"--limit 1200" in PACKAGES["gradescope"].make_files(contents)["run_autograder"].data
    info = json.loads(PACKAGES["prairielearn"].make_files(contents)[QUESTION + "info.json"].data)
    assert info["externalGradingOptions"]["timeout"] == 600


QUESTION = "questions/induction_heads/"


def test_prairielearns_question_has_all_its_keys() -> None:
    """The question follows the schema: version 3, graded externally, without a network."""
    info = json.loads(files("prairielearn")[QUESTION + "info.json"].data)
    assert set(info) == {
        "uuid", "title", "topic", "tags", "type", "singleVariant", "gradingMethod",
        "externalGradingOptions",
    }  # fmt: skip
    assert (info["type"], info["gradingMethod"]) == ("v3", "External")
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", info["uuid"])
    options = info["externalGradingOptions"]
    assert set(options) == {"image", "entrypoint", "timeout", "enableNetworking"}
    assert options["entrypoint"][0].startswith("/")
    assert options["enableNetworking"] is False
    assert (
        b'file-names="induction_heads.ipynb"'
        in files("prairielearn")[QUESTION + "question.html"].data
    )


def test_a_question_keeps_its_uuid() -> None:
    """Packing again gives the same UUID: PrairieLearn would take another for a new question."""
    again = PACKAGES["prairielearn"].make_files(replace(CONTENTS, wheel=b"another"))
    assert again[QUESTION + "info.json"] == files("prairielearn")[QUESTION + "info.json"]


@pytest.mark.parametrize("platform", IMAGES)
def test_a_rubric_edit_leaves_the_image_as_it_is(platform: str) -> None:
    """The files of the image are the same for every rubric and key."""
    folder = {"coursera": "grader/", "prairielearn": "image/"}[platform]
    rubric = {"rubric.yaml": b"lab: other\n"}
    edited = replace(CONTENTS, rubric=rubric, public_key=b"p", hidden_keys=(b"h",))
    before, after = (PACKAGES[platform].make_files(contents) for contents in (CONTENTS, edited))
    image = {name for name in before if name.startswith(folder)}
    assert len(image) >= 4
    assert {name: before[name] for name in image} == {name: after[name] for name in image}


@pytest.mark.parametrize("platform", IMAGES)
def test_a_dockerfile_copies_existing_files(platform: str) -> None:
    """The package has every path that the Dockerfile copies."""
    found = files(platform)
    name = next(name for name in found if name.endswith("Dockerfile"))
    folder = name.removesuffix("Dockerfile")
    copied = re.findall(r"^COPY (\S+) ", found[name].data.decode(), re.MULTILINE)
    assert copied
    for source in copied:
        assert any(path.startswith(f"{folder}{source}/") for path in found)


@pytest.mark.parametrize("platform", [*IMAGES, "gradescope", "classroom50"])
def test_pip_is_configured_with_the_further_index(platform: str) -> None:
    """The index's URL is in a ``pip.conf``."""
    found = PACKAGES[platform].make_files(INDEXED)
    config = next(file.data for name, file in found.items() if name.endswith("pip.conf"))
    assert b"extra-index-url = https://example.org/whl/cpu\n" in config


def test_the_students_readme_has_the_commands() -> None:
    """The commands to install and to check have the names of the packed files."""
    text = PACKAGES["student"].make_files(INDEXED)["README.txt"].data.decode()
    assert f"pip install -c constraints.txt {CONTENTS.wheel_filename} --extra-index-url" in text
    assert "grade induction_heads.ipynb" in text


def test_classroom50_gets_a_runtime_and_a_script() -> None:
    """The runtime has a supported Python; the script imports the standard library only."""
    found = files("classroom50")
    assert json.loads(found["runtime.json"].data)["python"] == "3.11"
    imported = re.findall(r"^(?:import|from) (\w+)", found["autograder.py"].data.decode(), re.M)
    assert set(imported) <= sys.stdlib_module_names
