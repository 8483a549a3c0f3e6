"""Finds known mistakes and equivalent variants beside the reference's code, without importing it.

Known mistakes are described in YAML files next to the modules that hold their code. Equivalent
variants are the public functions of the package of variants which the rubric does not list; the
literal ``PREFIXES`` of the package maps prefixes of their names to the lab's functions.
"""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from grader.answer_key.reference_source import literal, module_files
from grader.errors import AnswerKeyError
from grader.rubric.answer_files import parse_answers
from grader.rubric.known_answers import Mistake, Variant
from grader.rubric.model import Rubric


def with_known_mistakes(rubric: Rubric) -> Rubric:
    """Return the rubric with the mistakes that the reference describes.

    Raises:
        AnswerKeyError: The reference is not installed here.
        RubricError: A description has problems.
    """
    return rubric.with_mistakes(reference_mistakes(rubric))


def with_equivalent_variants(rubric: Rubric) -> Rubric:
    """Return the rubric with the equivalent variants that the reference holds.

    Raises:
        AnswerKeyError: The reference is not installed here, or a variant belongs to no function.
        RubricError: A description has problems.
    """
    listed = {variant.name for variant in rubric.variants}
    found = [v for v in equivalent_variants(rubric) if v.name not in listed]
    return rubric.model_copy(update={"variants": (*rubric.variants, *found)})


def reference_mistakes(rubric: Rubric) -> tuple[Mistake, ...]:
    """Return all known mistakes of a rubric: those the reference describes, then its own.

    Raises:
        AnswerKeyError: The reference is not installed here.
        RubricError: A description has problems.
    """
    own = {mistake.name for mistake in rubric.own_mistakes}
    described = (
        mistake
        for path in _description_files(rubric.reference.mistakes)
        for mistake in parse_answers(_read(path), Mistake, rubric, name=str(path))
    )
    return (*(m for m in described if m.name not in own), *rubric.own_mistakes)


def equivalent_variants(rubric: Rubric) -> tuple[Variant, ...]:
    """Return the variants that give the reference's values: functions, then replaced values.

    Raises:
        AnswerKeyError: The reference is not installed here, or a variant belongs to no function.
        RubricError: A description has problems.
    """
    name = rubric.reference.variants
    described = (
        variant.model_copy(update={"equivalent": True})
        for path in _description_files(name)
        for variant in parse_answers(_read(path), Variant, rubric, name=str(path))
    )
    return (*_equivalent_functions(rubric), *described)


def _equivalent_functions(rubric: Rubric) -> Iterator[Variant]:
    name = rubric.reference.variants
    if name is None:
        return
    listed = {variant.source for variant in rubric.variants}
    init, files = module_files(name)
    prefixes = literal(init, "PREFIXES")
    if not isinstance(prefixes, dict):
        return
    for path in files:
        for node in ast.parse(_read(path)).body:
            is_public = isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
            if isinstance(node, ast.FunctionDef) and is_public and node.name not in listed:
                function = _function_of(node.name, prefixes, path)
                yield Variant(name=node.name, function=function, source=node.name, equivalent=True)


def _function_of(variant: str, prefixes: Mapping[str, str], path: Path) -> str:
    """Return the lab's function that a variant's name stands for."""
    for prefix, function in prefixes.items():
        if variant.startswith(prefix):
            return function
    raise AnswerKeyError(
        f"{path}: {variant} belongs to no function of the lab: list it under variants in the "
        "rubric, or give its prefix in PREFIXES of the package of variants."
    )


def _description_files(name: str | None) -> list[Path]:
    """Return the YAML files beside a module, or in a package in the order of its modules."""
    if name is None:
        return []
    init, files = module_files(name)
    beside = [path.with_suffix(".yaml") for path in files]
    others = sorted(init.parent.glob("*.yaml")) if init.name == "__init__.py" else []
    return list(dict.fromkeys(path for path in (*beside, *others) if path.is_file()))


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
