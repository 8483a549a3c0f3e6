"""Moodle's words for the columns of its worksheet, in some of its languages, in small letters."""

IDENTIFIER = frozenset(
    {
        "identifier",
        "id",
        "identifiant",
        "identificador",
        "identificativo",
        "identificatie",
        "número de identificação",
    }
)
GRADE = frozenset(
    {"grade", "bewertung", "note", "calificación", "valutazione", "nota", "avaliação", "cijfer"}
)
MAXIMUM = frozenset(
    {
        "maximum grade",
        "bestwertung",
        "note maximale",
        "calificación máxima",
        "valutazione massima",
        "punteggio massimo",
        "nota máxima",
        "maximumcijfer",
    }
)
SCALE = frozenset({"scale", "skala", "barème", "escala", "scala", "schaal"})
"""Stands in place of the maximum where grades are words."""
CHANGEABLE = frozenset(
    {
        "grade can be changed",
        "bewertung kann geändert werden",
        "la note peut être modifiée",
        "la calificación puede ser cambiada",
        "la valutazione può essere modificata",
        "a nota pode ser alterada",
        "a nota pode ser alterada.",
        "nota pode ser alterada",
    }
)
FEEDBACK = frozenset(
    {
        "feedback comments",
        "feedback als kommentar",
        "feedback par commentaires",
        "commentaires de feedback",
        "comentarios de retroalimentación",
        "commenti di feedback",
        "comentários de feedback",
    }
)
NAME = frozenset(
    {
        "full name",
        "vollständiger name",
        "nom complet",
        "nombre completo",
        "nome completo",
        "volledige naam",
    }
)
KEYS = frozenset(
    {
        "email address",
        "e-mail-adresse",
        "adresse de courriel",
        "dirección de correo",
        "dirección de correo electrónico",
        "indirizzo email",
        "endereço de email",
        "e-mailadres",
        "id number",
        "id-nummer",
        "numéro d'identification",
        "número de id",
        "username",
        "anmeldename",
        "nom d'utilisateur",
        "nombre de usuario",
    }
)
"""Columns beside the identifier that are one student's alone."""
NO = frozenset({"no", "nein", "non", "não", "nee", "nej", "nei", "ne", "nie", "ei", "нет"})
"""Of a grade: it cannot be changed."""
