"""Parses files of known answers, such as the YAML files beside the code of known mistakes."""

from typing import TypeVar

from pydantic import ValidationError

from grader.files.yaml_document import parse_yaml, problems_from
from grader.rubric.consistency import answer_problems
from grader.rubric.known_answers import KnownAnswer
from grader.rubric.load import strip_union_tags
from grader.rubric.model import Rubric
from grader.rubric.old_format import explain_old_names

_Answer = TypeVar("_Answer", bound=KnownAnswer)


def parse_answers(
    text: str, model: type[_Answer], rubric: Rubric, *, name: str
) -> tuple[_Answer, ...]:
    """Parse a mapping from names to known answers, and check them against the rubric's probes.

    Args:
        text: The YAML.
        model: `Mistake` or `Variant`.
        rubric: The rubric that the answers belong to.
        name: Path for messages.

    Raises:
        RubricError: Every problem with its line, one a line.
    """
    document = parse_yaml(text, name=name, kind="file of known answers")
    problems = document.repeated_keys()
    answers: list[_Answer] = []
    for key, value in document.mapping().items():
        fields = value if isinstance(value, dict) else {}
        try:
            answer = model.model_validate({**fields, "name": key})
        except ValidationError as error:
            found = [(strip_union_tags((key, *at)), what) for at, what in problems_from(error)]
            problems += explain_old_names(found)
        else:
            answers.append(answer)
            problems += [((key, *at), what) for at, what in answer_problems(rubric, answer)]
    if problems:
        raise document.error(problems)
    return tuple(answers)
