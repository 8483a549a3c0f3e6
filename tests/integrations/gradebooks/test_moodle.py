"""Moodle's worksheet: rows that its importer would skip are not filled; its languages are known."""

import pytest

from grader.integrations.gradebooks.csv_file import RosterError
from tests.integrations.gradebooks.rosters import MOODLE, export, grade, sheet

ENGLISH = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (grade),Feedback comments"
)
ROW = "Participant 12,Ada Lovelace,ada@uni.example,Submitted,,10.00,Yes,-,"
HEADS = {
    "de": "ID,Vollständiger Name,E-Mail-Adresse,Status,Bewertung,Bestwertung,"
    "Bewertung kann geändert werden,Zuletzt geändert (Bewertung),Feedback als Kommentar",
    "es": "Identificador,Nombre completo,Dirección de correo,Estado,Calificación,"
    "Calificación máxima,La calificación puede ser cambiada,"
    "Última modificación (calificación),Comentarios de retroalimentación",
    "fr": "Identifiant,Nom complet,Adresse de courriel,Statut,Note,Note maximale,"
    "La note peut être modifiée,Dernière modification (note),Feedback par commentaires",
}
NO = {"de": "Nein", "es": "No", "fr": "Non"}


def filled(row: str, head: str = ENGLISH, student: str = "12", score: float = 7.5) -> str:
    """The row after an export."""
    exported = export("moodle", [grade(student, score)], f"{head}\n{row}\n")
    return exported.data.decode().split("\n", 1)[1]


@pytest.mark.parametrize("language", HEADS)
def test_titles_in_other_languages(language: str) -> None:
    """The number stands after any word, with a space or without, and a no is a no."""
    row = ROW.replace("Participant 12", "Teilnehmer/in12")
    assert ',Submitted,7.5,10.00,Yes,-,"<p>' in filled(row, HEADS[language]).replace("<p>", '"<p>')
    assert ",,10.00," in filled(row.replace("Yes", NO[language]), HEADS[language])


def test_titles_in_a_language_we_do_not_know() -> None:
    """The grade stands before a number that is the same in every row; comments are not guessed."""
    head = "Osallistuja,Nimi,Posti,Tila,Arvosana,Maksimi,Muutettavissa,Muutettu,Palaute"
    exported = export("moodle", [grade("12")], f"{head}\n{ROW}\n")
    assert exported.data.decode().endswith(",Submitted,7.5,10.00,Yes,-,\n")
    assert exported.notes == (
        "The worksheet has no column of feedback comments that we know: none is filled.",
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
def test_another_file_is_refused(text: str) -> None:
    """In one line that says where the worksheet is found."""
    with pytest.raises(RosterError, match="is not a grading worksheet of Moodle's"):
        export("moodle", [], text)


def test_grades_in_words_are_refused() -> None:
    """An assignment with a scale takes no points."""
    with pytest.raises(RosterError, match="graded by a scale of words"):
        export("moodle", [], f"{ENGLISH.replace('Maximum Grade', 'Scale')}\n{ROW}\n")
    exported = export("moodle", [grade("12")], f"{ENGLISH}\n{ROW.replace('10.00', '-')}\n")
    assert (exported.filled, exported.notes[0]) == (
        0, "Not filled: 12: the maximum grade is no number (-), as with a scale.",
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
def test_grades_are_scaled_and_never_above_the_maximum(
    maximum: str, score: float, grade_cell: str
) -> None:
    """Moodle skips what is above; a comma is written where the worksheet has one."""
    row = filled(ROW.replace("10.00", maximum), score=score)
    assert f",Submitted,{grade_cell},{maximum},Yes," in row


def test_the_same_grade_in_other_words_stays() -> None:
    """7.50 is 7.5: Moodle would see no change, and neither does the file."""
    row = ROW.replace("Submitted,,", "Submitted,7.50,")
    assert ",Submitted,7.50,10.00," in filled(row)


@pytest.mark.parametrize("student", ["12", "ada@uni.example", "Ada Lovelace", "Lovelace, Ada"])
def test_by_number_address_or_name(student: str) -> None:
    """The number is the one in the names of Moodle's folders."""
    assert ",7.5,10.00," in filled(ROW, student=student)


def test_an_address_with_digits_is_no_number() -> None:
    """Only the identifier's word is left out."""
    assert ",,10.00," in filled(ROW.replace("ada@uni.example", "ada77"), student="77")


def test_comments_are_text_and_a_persons_stay() -> None:
    """What students wrote is no markup in Moodle; ours from last time is written anew."""
    exported = export("moodle", [grade("1001"), grade("0007"), grade("1004")], sheet(MOODLE))
    text = exported.data.decode()
    assert (
        text.count("<p>Mini lab: 7.5 of 10 points.<br>Scores: 2 of 4: &lt;b&gt; &amp; co</p>") == 2
    )
    assert "Mini lab: 1</p>" not in text
    assert "Well done, Bo" in text
    assert "Comments of yours are kept, and ours left out: 1004." in exported.notes
