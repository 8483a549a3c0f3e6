"""``grade package``: what each platform's package holds, and what it must not hold."""

import json
import re
import subprocess
import sys
from dataclasses import replace

import pytest

from grader.integrations.packages.files import Files
from grader.integrations.packages.registry import PACKAGES
from tests.integrations.packages.made import INDEXED, PARTS

IMAGES = ["coursera", "prairielearn"]


def files(platform: str) -> Files:
    """A platform's package, as gathered for it."""
    package = PACKAGES[platform]
    return package.files(PARTS if package.hidden else replace(PARTS, hidden_keys=()))


def scripts(platform: str) -> dict[str, str]:
    """Its shell scripts."""
    found = {name: file.data.decode() for name, file in files(platform).items() if file.runs}
    return {name: text for name, text in found.items() if text.startswith("#!/usr/bin/env bash\n")}


@pytest.mark.parametrize("platform", PACKAGES)
def test_every_package_installs_the_grader_in_tried_versions(platform: str) -> None:
    """The wheel and the versions that the keys were made with are in each."""
    names = [name.rsplit("/", 1)[-1] for name in files(platform)]
    assert {PARTS.wheel_name, "constraints.txt"} <= set(names)


@pytest.mark.parametrize("platform", PACKAGES)
def test_hidden_keys_go_only_where_students_cannot_read(platform: str) -> None:
    """Not to students, nor into a bundle that is published; elsewhere all of them."""
    hidden = [name for name, file in files(platform).items() if b"SECRET" in file.data]
    assert len(hidden) == (0 if platform in {"classroom50", "student"} else 2)
    assert all(re.search(r"keys/\d+\.key$", name) for name in hidden)


@pytest.mark.parametrize("platform", ["classroom50", "student"])
def test_no_hidden_key_slips_in(platform: str) -> None:
    """Even where parts hold some."""
    found = PACKAGES[platform].files(PARTS).values()
    assert not any(b"SECRET" in file.data for file in found)


@pytest.mark.parametrize("platform", PACKAGES)
def test_scripts_are_bash_with_unix_line_ends(platform: str) -> None:
    """Bash reads them without complaint."""
    for text in scripts(platform).values():
        assert "\r" not in text
        subprocess.run(["bash", "-n"], input=text, text=True, check=True)  # noqa: S607 (bash)


def test_gradescope_finds_its_scripts_at_the_root() -> None:
    """``setup.sh`` and ``run_autograder``, both programs."""
    found = files("gradescope")
    assert found["setup.sh"].runs
    assert found["run_autograder"].runs
    assert found["run_autograder"].data.startswith(b"#!")


def test_the_time_limit_goes_along() -> None:
    """Into what Gradescope runs, and into what PrairieLearn is told."""
    asked = replace(PARTS, seconds=1200)
    assert b"--limit 1200" in PACKAGES["gradescope"].files(asked)["run_autograder"].data
    info = json.loads(PACKAGES["prairielearn"].files(asked)[QUESTION + "info.json"].data)
    assert info["externalGradingOptions"]["timeout"] == 600  # PrairieLearn's most


QUESTION = "questions/induction_heads/"


def test_prairielearns_question_is_whole() -> None:
    """As its schema has it: version 3, graded externally, without a network, nothing deprecated."""
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


def test_the_same_question_keeps_its_identity() -> None:
    """PrairieLearn knows questions by their uuid: packing again must not make another one."""
    again = PACKAGES["prairielearn"].files(replace(PARTS, wheel=b"another"))
    assert again[QUESTION + "info.json"] == files("prairielearn")[QUESTION + "info.json"]


@pytest.mark.parametrize("platform", IMAGES)
def test_a_rubric_edit_leaves_the_image_as_it_is(platform: str) -> None:
    """What is installed in the image is the same for every rubric and key."""
    folder = {"coursera": "grader/", "prairielearn": "image/"}[platform]
    edited = replace(PARTS, rubric=b"lab: other\n", public_key=b"p", hidden_keys=(b"h",))
    before, after = (PACKAGES[platform].files(parts) for parts in (PARTS, edited))
    built = {name for name in before if name.startswith(folder)}
    assert len(built) >= 4
    assert {name: before[name] for name in built} == {name: after[name] for name in built}


@pytest.mark.parametrize("platform", IMAGES)
def test_a_dockerfile_copies_what_there_is(platform: str) -> None:
    """Every path that it names is in the package."""
    found = files(platform)
    name = next(name for name in found if name.endswith("Dockerfile"))
    folder = name.removesuffix("Dockerfile")
    copied = re.findall(r"^COPY (\S+) ", found[name].data.decode(), re.MULTILINE)
    assert copied
    for source in copied:
        assert any(path.startswith(f"{folder}{source}/") for path in found)


@pytest.mark.parametrize("platform", [*IMAGES, "gradescope", "classroom50"])
def test_pip_is_told_where_else_to_look(platform: str) -> None:
    """The index that was given, in a file of pip's own."""
    found = PACKAGES[platform].files(INDEXED)
    config = next(file.data for name, file in found.items() if name.endswith("pip.conf"))
    assert b"extra-index-url = https://example.org/whl/cpu\n" in config


def test_students_are_told_what_to_type() -> None:
    """The two commands, with the names of the files that lie beside."""
    text = PACKAGES["student"].files(INDEXED)["README.txt"].data.decode()
    assert f"pip install -c constraints.txt {PARTS.wheel_name} --extra-index-url" in text
    assert "grade induction_heads.ipynb" in text


def test_classroom50_gets_a_runtime_and_a_script() -> None:
    """A Python that the grader runs on, and a script in that Python's own library alone."""
    found = files("classroom50")
    assert json.loads(found["runtime.json"].data)["python"] == "3.11"
    imported = re.findall(r"^(?:import|from) (\w+)", found["autograder.py"].data.decode(), re.M)
    assert set(imported) <= sys.stdlib_module_names
