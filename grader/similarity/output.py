"""What is alike, as tables for a spreadsheet: a row a pair, and a row a student of a cluster."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from grader.batch.wrong_answers import Cluster
from grader.render.csv import inert, number, table
from grader.render.escape import line, plain
from grader.similarity.compare import LEAST_FUNCTION, Alike, Pair, Study
from grader.similarity.normalise import Function

# MERGED: What is alike, as an instructor reads it: tables, what may explain them, two students' code.
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


def pairs_csv(pairs: Sequence[Pair], clusters: Sequence[Cluster], names: Mapping[str, str]) -> str:
    """A head and one row a pair, the most alike first.

    Args:
        pairs: Those that are alike.
        clusters: Same wrong answers; how many of them a pair shares is told beside its code.
        names: Of students, by key.
    """
    return table([PAIR_COLUMNS, *(_pair(pair, clusters, names) for pair in pairs)])


def clusters_csv(clusters: Sequence[Cluster], names: Mapping[str, str]) -> str:
    """A head and one row a student and cluster."""
    rows = (
        [str(count), inert(student), inert(names.get(student, "")), *_cluster(cluster)]
        for count, cluster in enumerate(clusters, 1)
        for student in cluster.students
    )
    return table([CLUSTER_COLUMNS, *rows])


def told(alike: Alike) -> str:
    """A function with both shares."""
    one, other = alike.shares
    return f"{alike.name} ({one:.0%}, {other:.0%})"


def _pair(pair: Pair, clusters: Sequence[Cluster], names: Mapping[str, str]) -> list[str]:
    both = set(pair.students)
    shared = (c for c in clusters if both <= set(c.students) and not c.known)
    return [
        *(inert(text) for key in pair.students for text in (key, names.get(key, ""))),
        *map(number, pair.shares),
        inert("; ".join(map(told, pair.functions))),
        str(sum(len(cluster.probes) for cluster in shared)),
    ]


def _cluster(cluster: Cluster) -> list[str]:
    return [
        str(len(cluster.students)),
        inert(cluster.function),
        inert("; ".join(cluster.criteria)),
        inert("; ".join(cluster.probes)),
        str(cluster.numbers),
        inert("; ".join(cluster.known)),
    ]


TOP = 20
"""Rows that are shown; files have all."""
_LONGEST, _NAMED, _LINES = 40, 6, 200
_EXPLAINED = (
    "Similar is not copied. Two may have worked together as you allowed, used the same source, or "
    "met a task with few ways to write it: read both (--compare A B) before you ask anyone."
)
_SAME_NUMBERS = (
    "A known mistake gives the same numbers to everyone who makes it, and so does any other that "
    "comes easily; several in one pair, beside similar code, say more than one alone."
)


def screen(study: Study, names: Mapping[str, str], *, at_least: float) -> RenderableType:
    """The tables, what was left out, and what may explain what is in them.

    Args:
        study: What is alike.
        names: Of students, by key.
        at_least: The share that it was asked for.
    """
    return Group(*_pairs(study, names, at_least), *_clusters(study.clusters, names))


def side_by_side(
    pair: Pair, functions: Sequence[Mapping[str, Function]], names: Mapping[str, str]
) -> RenderableType:
    """Two students' functions that are alike, as each wrote them.

    Args:
        pair: The students.
        functions: Theirs, by name.
        names: Of students, by key.
    """
    parts: list[RenderableType] = []
    for alike in pair.functions:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=True, title=Text(told(alike)))
        for student in pair.students:
            table.add_column(Text(label(student, names)), overflow="fold", ratio=1)
        table.add_row(*(Text(_shown(own[alike.name].source)) for own in functions))
        parts.append(table)
    one, other = pair.shares
    return Group(*parts, Text(f"Of all their code: {one:.0%}, {other:.0%}.", style="bold"))


def label(student: str, names: Mapping[str, str]) -> str:
    """A student, by key and name."""
    name = names.get(student, "")
    return f"{_cut(student)} ({_cut(name)})" if name and name != student else _cut(student)


def _cut(text: str) -> str:
    shown = line(text[: 4 * _LONGEST])
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"


def _shown(source: str) -> str:
    lines = plain(source).expandtabs().split("\n")
    return "\n".join([*lines[:_LINES], *(["…"] if len(lines) > _LINES else [])])


def _pairs(study: Study, names: Mapping[str, str], at_least: float) -> Iterator[RenderableType]:
    found = study.pairs
    if found:
        table = _table("Student A", "Student B", "of A in B", "of B in A", "Functions alike")
        for pair in found[:TOP]:
            table.add_row(
                *(Text(label(student, names)) for student in pair.students),
                *(Text(f"{share:.0%}") for share in pair.shares),
                Text(_few([line(told(alike)) for alike in pair.functions], "\n")),
            )
        yield table
    whole = sum(pair.most >= at_least for pair in found)
    yield Text(
        f"{_count(study.compared, 'student')} compared: {_count(whole, 'pair')} with at least "
        f"{at_least:.0%} of one's code in the other's, and {len(found) - whole} more of whom that "
        f"is so of one function or more{_more(found)}.",
        style="bold",
    )
    yield Text(
        "Left out: what you handed out, names, comments and layout, on their own functions of less "
        f"than {LEAST_FUNCTION} tokens, and what more than half of the class has "
        f"({study.common:.0%} of their code).",
        style="bright_black",
    )
    if found:
        yield Text(_EXPLAINED, style="yellow")


def _clusters(found: Sequence[Cluster], names: Mapping[str, str]) -> Iterator[RenderableType]:
    if found:
        table = _table("Students", "Function", "Criteria", "Answers", "Known mistake")
        for cluster in found[:TOP]:
            table.add_row(
                Text(_few([label(student, names) for student in cluster.students])),
                Text(line(cluster.function)),
                Text(_few(map(line, cluster.criteria))),
                Text(str(len(cluster.probes))),
                Text(_few(map(line, cluster.known)) or "none"),
            )
        yield table
    said = (
        f"{_count(len(found), 'group')} gave the same wrong numbers, to six digits{_more(found)}."
    )
    yield Text(said, style="bold")
    if found:
        yield Text(_SAME_NUMBERS, style="yellow")


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _few(texts: Iterable[str], between: str = ", ") -> str:
    several = list(texts)
    more = [f"and {len(several) - _NAMED} more"] if len(several) > _NAMED else []
    return between.join([*several[:_NAMED], *more])


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


def _more(found: Sequence[object]) -> str:
    return f"; the first {TOP} are shown, -o FOLDER writes all" if len(found) > TOP else ""
