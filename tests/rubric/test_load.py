"""Reading rubrics: every mistake at once, with its line."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import RubricError
from grader.rubric.load import find_rubric, lab_names, load_rubric, parse_rubric
from tests.builders import MINI_RUBRIC
from tests.text_files import written


def complaints(text: str) -> list[str]:
    """What is said about a rubric's text, line by line."""
    with pytest.raises(RubricError) as caught:
        parse_rubric(text, name="mini.yaml")
    return str(caught.value).splitlines()


def changed(old: str, new: str) -> str:
    """The mini rubric with one piece of its text replaced."""
    assert old in MINI_RUBRIC
    return MINI_RUBRIC.replace(old, new, 1)


def test_the_shipped_rubric_adds_up_to_100() -> None:
    """The lab that ships is found by default, is sound, and is out of 100 with a bonus on top."""
    rubric = find_rubric(None).rubric
    points = sum(criterion.points for criterion in rubric.criteria if not criterion.bonus)
    assert points == pytest.approx(100)
    assert rubric.total == 100
    assert rubric.lab in lab_names()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("total: 10", "total: ten", "mini.yaml:4: total: Input should be a valid number"),
        ("total: 10", "total: .nan", "mini.yaml:4: total: Input should be"),
        ("lab: mini", "lab: my lab", "mini.yaml:1: lab: String should match pattern"),
        ("total: 10", "total: 10\npints: 3", "mini.yaml:5: pints: Extra inputs are not permitted"),
        ("    points: 10", "    points: -1", "criteria[0].points: Input should be greater"),
        ("kind: close", "kind: near", "mini.yaml:27: criteria[0].checks[0]: Input tag 'near'"),
        ("weight: 3", "weight: 0", "mini.yaml:27: criteria[0].checks[0].weight: Input should"),
        ("credit: 0.25", "credit: 2", "mini.yaml:19: mistakes[0].credit: Input should be less"),
        ("probe: shape", "probe: chape", "mini.yaml:28: criteria[0].checks[1]: no probe is named"),
        ("total: 10", "total: 9", "mini.yaml:4: total: the criteria add up to 10, not 9"),
        ("total: 10", "total: 10\ntotal: 10", "mini.yaml:5: total: this key stands twice"),
        ("credit: 0.25", "says: Hm.", "mini.yaml:19: mistakes[0].says: this key stands twice"),
    ],
)
def test_a_mistake_has_its_line(old: str, new: str, said: str) -> None:
    """Wrong types, names, ranges, keys, kinds, cross references, totals and repeats."""
    assert [line for line in complaints(changed(old, new)) if said in line]


def test_every_mistake_is_reported_at_once() -> None:
    """One line a mistake, in the order of the file, and no line that only follows from another."""
    text = changed("total: 10", "total: ten").replace("weight: 3", "weight: x")
    found = complaints(text.replace("title: Scores", "titel: Scores"))
    assert [line.split(":")[1] for line in found] == ["4", "22", "23", "27"]


@pytest.mark.parametrize(
    ("text", "said"),
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
def test_what_is_no_mapping_is_refused(text: str, said: str) -> None:
    """Text that is no YAML, no data, or no mapping has one line."""
    (line,) = complaints(text)
    assert line.startswith(said)


def test_a_mistake_in_any_kind_of_part_has_its_path() -> None:
    """Wherever a check or picture stands, its path has only what is in the file."""
    text = changed(
        "{kind: shape, probe: shape}",
        "{kind: relation, probe: shape, of: scores, says: S, roll: x}",
    )
    when = "    when: [{kind: side_effects, probe: shape, left: 3}]\n    says: You index"
    text = text.replace(
        "    hint: Mind", "    pictures: [{kind: tokens, probe: shape}]\n    hint: Mind"
    )
    found = complaints(text.replace("    says: You index", when))
    assert [line.split(": ")[1] for line in found] == [
        "mistakes[0].when[0].left",
        "criteria[0].checks[1].roll",
        "criteria[0].pictures[0].title",
    ]


def test_an_alias_may_stand_for_what_is_written_elsewhere() -> None:
    """A rubric may say a thing once; the mini rubric with an alias is the mini rubric."""
    text = changed("models: {grading: planted-4x3}", "models: {grading: &m planted-4x3, other: *m}")
    assert parse_rubric(text, name="").rubric.models["other"] == "planted-4x3"


def test_keys_are_text_whatever_they_look_like() -> None:
    """YAML's `on` and `1` are no booleans and numbers where a key belongs."""
    assert "mini.yaml:5: on: Extra inputs are not permitted" in complaints(
        changed("total: 10", "total: 10\non: 3")
    )


def test_a_long_list_of_mistakes_is_cut() -> None:
    """Nobody mends a thousand lines at once; how many more there are is said."""
    found = complaints("\n".join(f"k{i}: 1" for i in range(1000)))
    assert len(found) == 101
    assert found[-1].startswith("mini.yaml: and ")


def test_a_mistake_takes_one_line_whatever_it_is_called() -> None:
    """A key with a line break or an escape sequence in it is shown, not obeyed."""
    (line,) = [x for x in complaints(MINI_RUBRIC + '"a\\n\\e[31mb": 1\n') if "Extra" in x]
    assert r"a\u000a\u001b[31mb: Extra inputs" in line


@given(st.text(max_size=60))
def test_any_text_is_a_rubric_or_an_error(text: str) -> None:
    """No text makes reading fail in another way."""
    assert complaints(text)


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    """Missing, a folder, no text, too large: each says so."""
    with pytest.raises(RubricError, match=r"Cannot read the rubric .*No such file"):
        load_rubric(tmp_path / "none.yaml")
    with pytest.raises(RubricError, match=r"Cannot read the rubric .*: it is not a file"):
        load_rubric(tmp_path)
    with pytest.raises(RubricError, match="it is not UTF-8 text"):
        load_rubric(written(tmp_path, b"\xff\xfe\xff", "r.yaml"))
    with pytest.raises(RubricError, match="larger than 1 MB"):
        load_rubric(written(tmp_path, b"#" * (2**20 + 1), "r.yaml"))


def test_a_file_is_found_by_its_path(tmp_path: Path) -> None:
    """A path with `.yaml` is a file; a byte order mark is no part of it."""
    path = written(tmp_path, b"\xef\xbb\xbf" + MINI_RUBRIC.encode(), "mini.yaml")
    assert find_rubric(str(path)).rubric.lab == "mini"


def test_an_unknown_lab_is_refused() -> None:
    """The message lists the labs there are."""
    with pytest.raises(RubricError, match="No lab is named 'maths': choose one of induction_heads"):
        find_rubric("maths")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("total: 10", "total: 10\ntolerances: {same_device: {atol: 1}}"),
        ("total: 10", "total: 10\nlimits: {cell: 5}"),
        ("hint: Mind the target.", "hint: Other words."),
        ("says: You index [key, query].", "says: Other words."),
        ("credit: 0.25", "credit: 0.5"),
        ("note: As good.", "note: Other words."),
        ("weight: 3", "weight: 5"),
        ("title: Mini lab", "title: Other words # and a comment"),
    ],
)
def test_a_key_outlives_what_it_does_not_depend_on(old: str, new: str) -> None:
    """Points, words, tolerances and limits leave the digest of what is probed alone."""
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
def test_a_key_depends_on_what_is_probed(old: str, new: str) -> None:
    """Another probe, model, reference, variant or mistake needs another key."""
    before, after = (parse_rubric(t, name="") for t in (MINI_RUBRIC, changed(old, new)))
    assert after.probing_sha256 != before.probing_sha256
