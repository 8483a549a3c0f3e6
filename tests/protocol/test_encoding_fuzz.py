"""Values as bytes: no bytes at all make reading them fail in an unforeseen way."""

from hypothesis import given
from hypothesis import strategies as st

from grader.protocol.encoding import UnreadableError, unpack
from tests.protocol.test_encoding import NUMBERS, header, raw


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_arbitrary_bytes_are_a_value_or_unreadable(manifest: bytes, body: bytes) -> None:
    """No bytes at all make `unpack` fail in another way."""
    for data in (manifest, raw(manifest, body), raw(NUMBERS, header(body))):
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
def test_arbitrary_structure_is_a_value_or_unreadable(manifest: object) -> None:
    """No manifest, however close to a real one, makes `unpack` fail in another way."""
    try:
        unpack(raw(manifest))
    except UnreadableError:
        return
