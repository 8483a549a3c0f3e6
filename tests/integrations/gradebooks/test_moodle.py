"""Tests of Moodle's grading worksheet: its languages, and the rows that Moodle would ignore."""

import pytest

from grader.integrations.gradebooks.csv_file import RosterError
from tests.integrations.gradebooks.rosters import MOODLE, export, grade, sheet

ENGLISH = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (grade),Feedback comments"
)
ROW = "Participant 12,Ada Lovelace,ada@uni.example,Submitted,,10.00,Yes,-,"
HEADERS = {
    "de": "ID,Vollständiger Name,E-Mail-Adresse,Status,Bewertung,Bestwertung,"
    "Bewertung kann geändert werden,Zuletzt geändert (Bewertung),Feedback als Kommentar",
    "es": "Identificador,Nombre completo,Dirección de correo,Estado,Calificación,"
    "Calificación máxima,La calificación puede ser cambiada,"
    "Última modificación (calificación),Comentarios de retroalimentación",
    "fr": "Identifiant,Nom complet,Adresse de courriel,Statut,Note,Note maximale,"
    "La note peut être modifiée,Dernière modification (note),Feedback par commentaires",
}
NO = {"de": "Nein", "es": "No", "fr": "Non"}


def fill_in(row: str, header: str = ENGLISH, student: str = "12", score: float = 7.5) -> str:
    """Export to a worksheet with one row, and return that row."""
    exported = export("moodle", [grade(student, score)], f"{header}\n{row}\n")
    return exported.data.decode().split("\n", 1)[1]


@pytest.mark.parametrize("language", HEADERS)
def test_titles_in_other_languages_are_recognised(language: str) -> None:
    """So are identifiers with or without a space, and the word for "no"."""
    row = ROW.replace("Participant 12", "Teilnehmer/in12")
    assert ',Submitted,7.5,10.00,Yes,-,"<p>' in fill_in(row, HEADERS[language]).replace(
        "<p>", '"<p>'
    )
    assert ",,10.00," in fill_in(row.replace("Yes", NO[language]), HEADERS[language])


def test_an_unknown_language_is_recognised_by_content() -> None:
    """The grade stands before a number that is the same in every row; comments are left out."""
    header = "Osallistuja,Nimi,Posti,Tila,Arvosana,Maksimi,Muutettavissa,Muutettu,Palaute"
    exported = export("moodle", [grade("12")], f"{header}\n{ROW}\n")
    assert exported.data.decode().endswith(",Submitted,7.5,10.00,Yes,-,\n")
    assert exported.notes == (
        "No column of feedback comments was recognised, so no comments are filled in.",
    )


@pytest.mark.parametrize(
    "text",
    [
        "Name,Grade\nAda,3\n",
        "Identifier,Full name,Grade\nAda,Lovelace,\n",
        "A,B,C\nParticipant 1,x,y\n",
        "Student,ID,Section,Lab (5)\nAda,1,A,\n",
    ],
)
def test_another_file_is_rejected(text: str) -> None:
    """The message says where to find the worksheet."""
    with pytest.raises(RosterError, match="is not a Moodle grading worksheet"):
        export("moodle", [], text)


def test_grades_in_words_are_rejected() -> None:
    """An assignment graded with a scale accepts no points."""
    with pytest.raises(RosterError, match="graded with a scale of words"):
        export("moodle", [], f"{ENGLISH.replace('Maximum Grade', 'Scale')}\n{ROW}\n")
    exported = export("moodle", [grade("12")], f"{ENGLISH}\n{ROW.replace('10.00', '-')}\n")
    assert (exported.filled_count, exported.notes[0]) == (
        0, "Not filled in: 12: the maximum grade is not a number (-), as with a scale.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("maximum", "score", "grade_cell"),
    [
        ("10.00", 7.5, "7.5"),
        ("100.00", 7.5, "75"),
        ('"5,00"', 7.5, '"3,75"'),
        ("10.00", 12.0, "10"),
        ("3", 1.0, "0.3"),
    ],
)
def test_grades_are_scaled_and_capped(maximum: str, score: float, grade_cell: str) -> None:
    """Moodle ignores higher grades; decimal commas are used if the worksheet has them."""
    row = fill_in(ROW.replace("10.00", maximum), score=score)
    assert f",Submitted,{grade_cell},{maximum},Yes," in row


def test_an_equal_grade_is_not_rewritten() -> None:
    """7.50 equals 7.5, so the file does not change."""
    row = ROW.replace("Submitted,,", "Submitted,7.50,")
    assert ",Submitted,7.50,10.00," in fill_in(row)


@pytest.mark.parametrize("student", ["12", "ada@uni.example", "Ada Lovelace", "Lovelace, Ada"])
def test_students_match_by_number_address_or_name(student: str) -> None:
    """The identifier's number is also in the names of Moodle's folders."""
    assert ",7.5,10.00," in fill_in(ROW, student=student)


def test_an_address_with_digits_is_not_an_identifier() -> None:
    """Only the identifier's column is reduced to its number."""
    assert ",,10.00," in fill_in(ROW.replace("ada@uni.example", "ada77"), student="77")


def test_comments_are_escaped_and_a_persons_are_kept() -> None:
    """Student text is escaped as HTML; comments of an earlier export are replaced."""
    exported = export("moodle", [grade("1001"), grade("0007"), grade("1004")], sheet(MOODLE))
    text = exported.data.decode()
    assert (
        text.count("<p>Mini lab: 7.5 of 10 points.<br>Scores: 2 of 4: &lt;b&gt; &amp; co</p>") == 2
    )
    assert "Mini lab: 1</p>" not in text
    assert "Well done, Bo" in text
    assert "Your own comments were kept instead of the grader's: 1004." in exported.notes
