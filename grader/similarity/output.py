"""Shows similar code and identical wrong answers, as CSV tables and as tables for the terminal."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from grader.batch.wrong_answers import IdenticalAnswers
from grader.files.escape import escape_line, escape_text
from grader.render.csv import escape_formula, format_csv, format_points
from grader.similarity.compare import (
    MIN_FUNCTION_TOKENS,
    SimilarFunction,
    SimilarityReport,
    SimilarPair,
)
from grader.similarity.normalise import Function

PAIR_COLUMNS = (
    "student_a",
    "name_a",
    "student_b",
    "name_b",
    "share_of_a",
    "share_of_b",
    "functions",
    "same_wrong_answers",
)
CLUSTER_COLUMNS = (
    "cluster",
    "student",
    "name",
    "students",
    "function",
    "criteria",
    "probes",
    "numbers",
    "known_mistake",
)
MAX_SHOWN_ROWS = 20
"""Number of rows shown; the CSV files have all rows."""
_MAX_LABEL, _MAX_LISTED, _MAX_LINES = 40, 6, 200
_CAUTION = (
    "Similar code does not prove copying. The students may have worked together as you allowed, "
    "used the same source, or met a task with few ways to write it: read both (--compare A B) "
    "before you ask anyone."
)
_SAME_ANSWERS_CAUTION = (
    "A known mistake gives the same numbers to everyone who makes it, and so does any other easy "
    "mistake. Several groups with the same pair of students, who also have similar code, say more "
    "than one group alone."
)


def pairs_csv(
    pairs: Sequence[SimilarPair], clusters: Sequence[IdenticalAnswers], names: Mapping[str, str]
) -> str:
    """Return a CSV table of similar pairs, the most similar first.

    Args:
        pairs: The similar pairs.
        clusters: Identical wrong answers, of which each pair's number is given.
        names: Students' names by key.
    """
    return format_csv([PAIR_COLUMNS, *(_pair_row(pair, clusters, names) for pair in pairs)])


def clusters_csv(clusters: Sequence[IdenticalAnswers], names: Mapping[str, str]) -> str:
    """Return a CSV table of identical wrong answers, one row per group and student."""
    rows = (
        [
            str(count),
            escape_formula(student),
            escape_formula(names.get(student, "")),
            *_cluster_cells(cluster),
        ]
        for count, cluster in enumerate(clusters, 1)
        for student in cluster.students
    )
    return format_csv([CLUSTER_COLUMNS, *rows])


def render_similarity(
    study: SimilarityReport, names: Mapping[str, str], *, min_similarity: float
) -> RenderableType:
    """Return the tables for the terminal, with what was left out and how to read them.

    Args:
        study: The result of the comparison.
        names: Students' names by key.
        at_least: The minimum fraction that was asked for.
    """
    return Group(*_pairs(study, names, min_similarity), *_clusters(study.clusters, names))


def render_side_by_side(
    pair: SimilarPair, functions: Sequence[Mapping[str, Function]], names: Mapping[str, str]
) -> RenderableType:
    """Return two students' similar functions side by side, as each wrote them.

    Args:
        pair: The students.
        functions: Each student's functions by name.
        names: Students' names by key.
    """
    parts: list[RenderableType] = []
    for similar in pair.functions:
        title = Text(_describe(similar))
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=True, title=title)
        for student in pair.students:
            table.add_column(Text(student_label(student, names)), overflow="fold", ratio=1)
        sources = (by_name[similar.name].source for by_name in functions)
        table.add_row(*(Text(_shorten_source(source)) for source in sources))
        parts.append(table)
    one, other = pair.shares
    return Group(*parts, Text(f"Of all their code: {one:.0%}, {other:.0%}.", style="bold"))


def student_label(student: str, names: Mapping[str, str]) -> str:
    """Return a student's key and name, shortened and escaped."""
    name = names.get(student, "")
    has_name = name and name != student
    return f"{_truncate(student)} ({_truncate(name)})" if has_name else _truncate(student)


def _pair_row(
    pair: SimilarPair, clusters: Sequence[IdenticalAnswers], names: Mapping[str, str]
) -> list[str]:
    both = set(pair.students)
    shared = (c for c in clusters if both <= set(c.students) and not c.known_mistakes)
    return [
        *(escape_formula(text) for key in pair.students for text in (key, names.get(key, ""))),
        *map(format_points, pair.shares),
        escape_formula("; ".join(map(_describe, pair.functions))),
        str(sum(len(cluster.probes) for cluster in shared)),
    ]


def _cluster_cells(cluster: IdenticalAnswers) -> list[str]:
    return [
        str(len(cluster.students)),
        escape_formula(cluster.function),
        escape_formula("; ".join(cluster.criteria)),
        escape_formula("; ".join(cluster.probes)),
        str(cluster.numbers),
        escape_formula("; ".join(cluster.known_mistakes)),
    ]


def _pairs(
    study: SimilarityReport, names: Mapping[str, str], min_similarity: float
) -> Iterator[RenderableType]:
    pairs = study.pairs
    if pairs:
        table = _table("Student A", "Student B", "of A in B", "of B in A", "Similar functions")
        for pair in pairs[:MAX_SHOWN_ROWS]:
            functions = [escape_line(_describe(function)) for function in pair.functions]
            table.add_row(
                *(Text(student_label(student, names)) for student in pair.students),
                *(Text(f"{share:.0%}") for share in pair.shares),
                Text(_join_limited(functions, "\n")),
            )
        yield table
    similar = sum(pair.largest_share >= min_similarity for pair in pairs)
    yield Text(
        f"{_count(study.compared, 'student')} compared: {_count(similar, 'pair')} with at least "
        f"{min_similarity:.0%} of one's code in the other's, and {len(pairs) - similar} more for "
        f"whom this holds for at least one function{_more(pairs)}.",
        style="bold",
    )
    yield Text(
        "Left out: code that you handed out, names, comments and layout, single functions of fewer "
        f"than {MIN_FUNCTION_TOKENS} tokens, and code that more than half of the class has "
        f"({study.common:.0%} of their code).",
        style="bright_black",
    )
    if pairs:
        yield Text(_CAUTION, style="yellow")


def _clusters(
    clusters: Sequence[IdenticalAnswers], names: Mapping[str, str]
) -> Iterator[RenderableType]:
    if clusters:
        table = _table("Students", "Function", "Criteria", "Answers", "Known mistake")
        for cluster in clusters[:MAX_SHOWN_ROWS]:
            table.add_row(
                Text(
                    _join_limited([student_label(student, names) for student in cluster.students])
                ),
                Text(escape_line(cluster.function)),
                Text(_join_limited(map(escape_line, cluster.criteria))),
                Text(str(len(cluster.probes))),
                Text(_join_limited(map(escape_line, cluster.known_mistakes)) or "none"),
            )
        yield table
    groups = _count(len(clusters), "group")
    yield Text(
        f"{groups} gave the same wrong numbers, to six digits{_more(clusters)}.", style="bold"
    )
    if clusters:
        yield Text(_SAME_ANSWERS_CAUTION, style="yellow")


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _describe(similar: SimilarFunction) -> str:
    one, other = similar.shares
    return f"{similar.name} ({one:.0%}, {other:.0%})"


def _truncate(text: str) -> str:
    escaped = escape_line(text[: 4 * _MAX_LABEL])
    return escaped if len(escaped) <= _MAX_LABEL else escaped[: _MAX_LABEL - 1] + "…"


def _shorten_source(source: str) -> str:
    lines = escape_text(source).expandtabs().split("\n")
    return "\n".join([*lines[:_MAX_LINES], *(["…"] if len(lines) > _MAX_LINES else [])])


def _join_limited(texts: Iterable[str], separator: str = ", ") -> str:
    items = list(texts)
    more = [f"and {len(items) - _MAX_LISTED} more"] if len(items) > _MAX_LISTED else []
    return separator.join([*items[:_MAX_LISTED], *more])


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


def _more(rows: Sequence[object]) -> str:
    return (
        f"; the first {MAX_SHOWN_ROWS} are shown, -o FOLDER writes all"
        if len(rows) > MAX_SHOWN_ROWS
        else ""
    )
