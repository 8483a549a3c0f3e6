"""What is alike, as tables for a spreadsheet: a row a pair, and a row a student of a cluster."""

from collections.abc import Mapping, Sequence

from grader.batch.clusters import Cluster
from grader.render.csv import inert, number, table
from grader.similarity.pairs import Alike, Pair

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
