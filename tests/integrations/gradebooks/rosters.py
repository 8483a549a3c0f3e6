"""Sample rosters of all platforms, with awkward names, and grades for some of their students."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from grader.integrations.gradebooks.csv_file import CsvFile
from grader.integrations.gradebooks.grades import Grade
from grader.integrations.gradebooks.matching import ExportOptions, ExportResult
from grader.integrations.gradebooks.registry import GRADEBOOKS, StandaloneGradebook

OPTIONS = ExportOptions(
    lab="mini", title="Mini lab", total=10.0, due=datetime(2026, 3, 1, 23, tzinfo=UTC)
)
SUBMITTED = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SUMMARY = "Mini lab: 7.5 of 10 points."


def grade(student: str, score: float | None = 7.5, **changes: Any) -> Grade:
    """Build a grade out of ten, with changes."""
    default = Grade(
        student=student,
        score=score,
        raw=score,
        total=10.0,
        submitted=SUBMITTED,
        reason="" if score is not None else "the kernel could not be started",
        state="graded" if score is not None else "crashed",
        feedback=(SUMMARY, "Scores: 2 of 4: <b> & co") if score is not None else (),
    )
    return replace(default, **changes)


def sheet(text: str, *, encoding: str = "utf-8", name: str = "roster.csv") -> CsvFile:
    """Parse a text as a roster."""
    return CsvFile.read(text.encode(encoding), name=name)


def export(
    to: str, grades: Sequence[Grade], roster: str | CsvFile | None, **changes: Any
) -> ExportResult:
    """Export grades to a gradebook, with changed options."""
    gradebook = GRADEBOOKS[to]
    parsed = sheet(roster) if isinstance(roster, str) else roster
    options = replace(OPTIONS, **changes)
    if isinstance(gradebook, StandaloneGradebook):
        return gradebook.write(grades, parsed, options)
    assert parsed is not None
    return gradebook.write(grades, parsed, options)


GRADES = (
    grade("1001", name="lovelaceada"),
    grade("0007", 10.0, raw=12.0, notes=("1 day late: 20 %",)),
    grade("1003", None, name="Noether, Emmy"),
    grade("bo@uni.example", 12.0, feedback=("Mini lab: 12 of 10 points.",)),
    grade("1005", 2.0, state="partial"),
    grade("nobody", 1.0, name="Nobody, =At\u202eAll"),
    grade("Lee, Sam", 5.0),
    grade("1006", 4.0),
    grade("1006 #2", 6.0),
)
"""In order: an id, leading zeros, a crash, an email address, a partial grade, an unknown student, a
name that two students share, and two submissions of one student."""

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Mini lab (77),"Other, lab (78)",Current Score
,,,,,Manual Posting,,
    Points Possible,,,,,10.00,20.00,(read only)
"Lovelace, Ada",1001,S1,ada,"Lab, A",,3,90
"=cmd|'/C calc'!A0",1002,0007,zero,A,-,4,
"Noether, Emmy",1003,S3,emmy,B,3.25,,
"O\u2019Brien ""Bo"", \u202eX",1004,S4,bo@uni.example,B,,,
"Mu\u0308ller, Zo\u00eb",1005,S5,zoe,A,EX,,
"Lee, Sam",1008,S8,sam1,A,,,
"Lee, Sam",1009,S9,sam2,A,,,
"Two, Times",1006,S6,two,A,,,
"Absent, Ann",1007,S7,ann,A,1.5,,
"Student, Test",9999,,5f3a,A,,,
"""
MOODLE = '''\
\ufeffIdentifier,"Full name","Email address",Status,Grade,"Maximum Grade","Grade can be changed",\
"Last modified (submission)","Last modified (grade)","Feedback comments"
"Participant 1001","Ada Lovelace",ada@uni.example,"Submitted, late",,20.00,Yes,-,-,
"Participant 0007","=cmd|'/C calc'!A0",zero@uni.example,Submitted,15.0,20.00,Yes,-,-,\
"<p>Mini lab: 1</p>"\r
"Participant 1003","Emmy
Noether",emmy@uni.example,Submitted,,20.00,Yes,-,-,
"Participant 1004","Bo ""\u202eX""",bo@uni.example,Submitted,,20.00,Yes,-,-,"Well done, Bo"
"Participant 1005","Mu\u0308ller Zo\u00eb",zoe@uni.example,Submitted,,20.00,No,-,-,
"Participant 1008","Sam Lee",s1@uni.example,Submitted,,20.00,Yes,-,-,
"Participant 1009","Sam Lee",s2@uni.example,Submitted,,20.00,Yes,-,-,
"Participant 1006","Two Times",two@uni.example,Submitted,,20.00,Yes,-,-,
"Participant 1007","Ann Absent",ann@uni.example,"No submission",,20.00,Yes,-,-,
'''
BRIGHTSPACE = '''\
OrgDefinedId,Username,Last Name,First Name,Email,Mini lab Points Grade <Numeric MaxPoints:10 \
Category:Labs>,Other Points Grade <Numeric MaxPoints:5>,End-of-Line Indicator
#1001,#ada,Lovelace,Ada,ada@uni.example,,,#
#0007,#=zero,"=cmd|'/C calc'!A0",Bob,zero@uni.example,1,,#
#1003,#emmy,Noether,Emmy,emmy@uni.example,,,#
#1004,#bo,"O'Brien ""Bo""",Bo,bo@uni.example,,,#
#1005,#zoe,Mu\u0308ller,Zo\u00eb,zoe@uni.example,,,#
#1008,#sam1,Lee,Sam,s1@uni.example,,,#
#1009,#sam2,Lee,Sam,s2@uni.example,,,#
#1006,#two,Two,Times,two@uni.example,,,#
#1007,#ann,Absent,Ann,ann@uni.example,3,,#
'''
BLACKBOARD = '''\
"Last Name"\t"First Name"\t"Username"\t"Student ID"\t"Availability"\t\
"Mini lab [Total Pts: 10 Score] |664617"\t"Other [Total Pts: 5 Score] |664618"
"Lovelace"\t"Ada"\t"ada"\t"1001"\t"Yes"\t""\t"1"
"=cmd|'/C calc'!A0"\t"Bob"\t"zero"\t"0007"\t"Yes"\t"10.00"\t""
"Noether"\t"Emmy"\t"emmy"\t"1003"\t"Yes"\t""\t""
"O'Brien ""Bo"""\t"Bo, \u202eX"\t"bo@uni.example"\t"1004"\t"Yes"\t"Needs Grading"\t""
"Mu\u0308ller"\t"Zo\u00eb"\t"zoe"\t"1005"\t"Yes"\t\t""
"Lee"\t"Sam"\t"sam1"\t"1008"\t"Yes"\t""\t""
"Lee"\t"Sam"\t"sam2"\t"1009"\t"Yes"\t""\t""
"Two"\t"Times"\t"two"\t"1006"\t"Yes"\t""\t""
"Absent"\t"Ann"\t"ann"\t"1007"\t"Yes"\t""\t""
'''
LIST = """\
Student ID;Login;Full name;E-mail
1001;ada;Ada Lovelace;ada@uni.example
0007;zero;"=cmd|'/C calc'!A0";zero@uni.example
1003;emmy;"Noether, Emmy";emmy@uni.example
1004;bo;"O'Brien ""Bo"", Bo";bo@uni.example
1005;zoe;"Mu\u0308ller; Zo\u00eb";zoe@uni.example
1008;sam1;Sam Lee;
1009;sam2;Sam Lee;
1006;two;Two Times;two@uni.example
1007;ann;Ann Absent;ann@uni.example
"""
ROSTERS: Mapping[str, CsvFile] = {
    "blackboard": CsvFile.read(
        b"\xff\xfe" + BLACKBOARD.replace("\n", "\r\n").encode("utf-16-le"), name="gc.xls"
    ),
    "brightspace": sheet(BRIGHTSPACE),
    "canvas": sheet(CANVAS),
    "csv": sheet(LIST),
    "moodle": sheet(MOODLE),
    "nbgrader": sheet(LIST),
}
