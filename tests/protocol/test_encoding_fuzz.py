"""Values as bytes: no bytes at all make reading them fail in an unforeseen way."""

from hypothesis import given
from hypothesis import strategies as st

from grader.protocol.encoding import unpack
from grader.protocol.json_fields import UnreadableError
from tests.protocol.test_encoding import NUMBERS, blob, raw


@given(st.text(max_size=200), st.binary(max_size=200))
def test_arbitrary_bytes_are_a_value_or_unreadable(text: str, body: bytes) -> None:
    """`unpack` raises nothing but `UnreadableError`."""
    for data in (body, blob(body), raw(NUMBERS, blob(body)), raw(text, blob(b"{}", body))):
        try:
            unpack(data)
        except UnreadableError:
            continue


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["kind", "of", "array", "items", "entries", "text", "message"]),
            inner | st.sampled_from(["tensor", "group", "tuple", "dict", "error", "float", "0"]),
        )
    ),
)


@given(json_values)
def test_arbitrary_structure_is_a_value_or_unreadable(structure: object) -> None:
    """No JSON, however close to a value's, makes `unpack` raise another error."""
    try:
        unpack(raw(structure))
    except UnreadableError:
        return
