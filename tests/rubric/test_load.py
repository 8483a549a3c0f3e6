"""Loading rubrics: all problems at once, each with its file and line."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import RubricError
from grader.rubric.load import lab_names, load_rubric, parse_rubric
from tests.builders import MINI_RUBRIC
from tests.text_files import written


def complaints(text: str) -> list[str]:
    """Return the problems of a rubric's text, line by line."""
    with pytest.raises(RubricError) as caught:
        parse_rubric(text, name="mini.yaml")
    return str(caught.value).splitlines()


def changed(old: str, new: str) -> str:
    """Return the mini rubric with one piece of its text replaced."""
    assert old in MINI_RUBRIC
    return MINI_RUBRIC.replace(old, new, 1)


def test_the_shipped_rubric_adds_up_to_100() -> None:
    """The installed lab is found by default, is valid, and is out of 100 points without bonus."""
    rubric = load_rubric().rubric
    points = sum(criterion.points for criterion in rubric.criteria if not criterion.bonus)
    assert points == pytest.approx(100)
    assert rubric.total == 100
    assert rubric.lab in lab_names()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("total: 10", "total: ten", "mini.yaml:4: total: Input should be a valid number"),
        ("total: 10", "total: .nan", "mini.yaml:4: total: Input should be"),
        ("lab: mini", "lab: my lab", "mini.yaml:1: lab: String should match pattern"),
        ("total: 10", "total: 10\npints: 3", "mini.yaml:5: pints: Extra inputs are not permitted"),
        ("        points: 10", "        points: -1", "criteria.scores.points: Input should be gre"),
        ("kind: close", "kind: near", "mini.yaml:28: functions.compute_induction_scores.criteria."),
        ("kind: close", "kind: near", "scores.checks[0]: Input tag 'near'"),
        ("weight: 3", "weight: 0", "criteria.scores.checks[0].weight: Input should"),
        ("credit: 0.25", "credit: 2", "mini.yaml:19: mistakes.transposed.credit: Input should be"),
        ("probe: shape", "probe: chape", "mini.yaml:29: functions.compute_induction_scores."),
        ("probe: shape", "probe: chape", "scores.checks[1]: no probe is named 'chape'"),
        ("total: 10", "total: 9", "mini.yaml:4: total: the criteria add up to 10, not 9"),
        ("total: 10", "total: 10\ntotal: 10", "mini.yaml:5: total: this key stands twice"),
        ("credit: 0.25", "message: Hm.", "mistakes.transposed.message: this key stands twice"),
    ],
)
def test_a_problem_has_its_line(old: str, new: str, expected: str) -> None:
    """Wrong types, names, ranges, keys, kinds, references, totals and repeats have a line each."""
    assert [line for line in complaints(changed(old, new)) if expected in line]


def test_the_total_may_be_left_out() -> None:
    """Without a total, it is the sum of the points of all criteria that are no bonus."""
    assert parse_rubric(changed("total: 10\n", ""), name="").rubric.total == 10
    bonus = changed("total: 10\n", "").replace("points: 10", "points: 10\n        bonus: true")
    assert parse_rubric(bonus, name="").rubric.total == 0


def test_every_problem_is_reported_at_once() -> None:
    """Problems are in the order of the file, without those that only follow from others."""
    text = changed("total: 10", "total: ten").replace("weight: 3", "weight: x")
    found = complaints(text.replace("title: Scores", "titel: Scores"))
    assert [line.split(":")[1] for line in found] == ["4", "24", "25", "28"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lab: [", "mini.yaml: not valid YAML"),
        ("a: !!python/object/apply:os.system [ls]", "mini.yaml: not valid YAML"),
        ("\x00", "mini.yaml: not valid YAML"),
        ("a: 2001-99-99", "mini.yaml: not valid YAML"),
        ("--- 1\n--- 2", "mini.yaml: not valid YAML"),
        ("[" * 5000, "mini.yaml: not valid YAML"),
        ("- lab", "mini.yaml:1: a rubric is a mapping; this is list."),
        ("lab", "mini.yaml:1: a rubric is a mapping; this is str."),
        ("", "mini.yaml:1: a rubric is a mapping; this is NoneType."),
    ],
)
def test_text_that_is_no_mapping_is_rejected(text: str, expected: str) -> None:
    """Text that is no YAML, no plain data or no mapping gives one line."""
    (line,) = complaints(text)
    assert line.startswith(expected)


def test_a_problem_in_any_kind_of_part_has_its_path() -> None:
    """The path of a problem in a check or picture names only keys that are in the file."""
    text = changed(
        "{kind: shape, probe: shape}",
        "{kind: metamorphic, probe: shape, equals_probe: scores, message: S, roll: x}",
    )
    when = "    when: [{side_effects: shape, leaves: 3}]\n    message: You index"
    text = text.replace(
        "        hint: Mind", "        pictures: [{kind: tokens, probe: shape}]\n        hint: Mind"
    )
    found = complaints(text.replace("    message: You index", when))
    criterion = "functions.compute_induction_scores.criteria.scores"
    assert [line.split(": ")[1] for line in found] == [
        "mistakes.transposed.when[0].leaves",
        f"{criterion}.checks[1].roll",
        f"{criterion}.pictures[0].title",
    ]


def test_an_alias_may_stand_for_a_value_written_elsewhere() -> None:
    """YAML anchors and aliases work."""
    text = changed("models: {grading: planted-4x3}", "models: {grading: &m planted-4x3, other: *m}")
    assert parse_rubric(text, name="").rubric.models["other"] == "planted-4x3"


def test_keys_are_text_whatever_they_look_like() -> None:
    """YAML's `on` and `1` are no booleans and numbers where a key belongs."""
    assert "mini.yaml:5: on: Extra inputs are not permitted" in complaints(
        changed("total: 10", "total: 10\non: 3")
    )


def test_a_long_list_of_problems_is_cut() -> None:
    """At most 100 problems are listed, then the number of further ones."""
    found = complaints("\n".join(f"k{i}: 1" for i in range(1000)))
    assert len(found) == 101
    assert found[-1].startswith("mini.yaml: and ")


def test_a_problem_takes_one_line_whatever_the_key_is() -> None:
    """Line breaks and escape sequences in a key are shown escaped."""
    (line,) = [x for x in complaints(MINI_RUBRIC + '"a\\n\\e[31mb": 1\n') if "Extra" in x]
    assert r"a\u000a\u001b[31mb: Extra inputs" in line


@given(st.text(max_size=60))
def test_any_text_is_a_rubric_or_an_error(text: str) -> None:
    """No text makes loading fail in another way than by a `RubricError`."""
    assert complaints(text)


def test_files_that_cannot_be_read_are_rejected(tmp_path: Path) -> None:
    """A missing file, a folder without a rubric, binary data and a huge file give an error each."""
    with pytest.raises(RubricError, match=r"Cannot read the rubric .*No such file"):
        load_rubric(tmp_path / "none.yaml")
    with pytest.raises(RubricError, match=r"Cannot read the rubric .*rubric.yaml: No such file"):
        load_rubric(tmp_path)
    with pytest.raises(RubricError, match="it is not UTF-8 text"):
        load_rubric(written(tmp_path, b"\xff\xfe\xff", "r.yaml"))
    with pytest.raises(RubricError, match="larger than 1 MB"):
        load_rubric(written(tmp_path, b"#" * (2**20 + 1), "r.yaml"))


def test_a_file_is_found_by_its_path(tmp_path: Path) -> None:
    """A path that ends in `.yaml` is a file; a byte order mark is ignored."""
    path = written(tmp_path, b"\xef\xbb\xbf" + MINI_RUBRIC.encode(), "mini.yaml")
    assert load_rubric(str(path)).rubric.lab == "mini"


def test_an_unknown_lab_is_rejected() -> None:
    """The message lists the installed labs."""
    with pytest.raises(RubricError, match="No lab is named 'maths': choose one of induction_heads"):
        load_rubric("maths")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("total: 10", "total: 10\ntolerances: {same_device: {atol: 1}}"),
        ("total: 10", "total: 10\nlimits: {cell: 5}"),
        ("hint: Mind the target.", "hint: Other words."),
        ("message: You index [key, query].", "message: Other words."),
        ("credit: 0.25", "credit: 0.5"),
        ("note: As good.", "note: Other words."),
        ("weight: 3", "weight: 5"),
        ("title: Mini lab", "title: Other words # and a comment"),
    ],
)
def test_a_key_survives_changes_of_judging(old: str, new: str) -> None:
    """Points, words, tolerances and limits do not change the digest that a key is bound to."""
    before, after = (parse_rubric(t, name="") for t in (MINI_RUBRIC, changed(old, new)))
    assert after.probing_sha256 == before.probing_sha256
    assert after.sha256 != before.sha256


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("compute_induction_scores(model)}", "compute_induction_scores(gpt2)}"),
        ("planted-4x3", "planted-4x3@1"),
        ("modules: [mini]", "modules: [other]"),
        ("source: printed", "source: typed"),
        ("source: transposed_scores", "source: scores"),
    ],
)
def test_a_key_depends_on_what_is_run(old: str, new: str) -> None:
    """Another probe, model, reference, variant or mistake needs another key."""
    before, after = (parse_rubric(t, name="") for t in (MINI_RUBRIC, changed(old, new)))
    assert after.probing_sha256 != before.probing_sha256
