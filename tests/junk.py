"""Values no field expects, for tests that send whatever there is."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-(10**40), 10**40),
    st.floats(),
    st.text(max_size=20),
    st.just("\x00"),
    st.sampled_from(["nan", "inf", "-1e999", "1e400", " 7 ", "0x10", "１２", "true", ""]),
    st.lists(st.integers() | st.text(max_size=3), max_size=4),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=3),
)
NUMBER = st.floats(width=64) | st.integers(-(10**6), 10**6) | JUNK
QUICK = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    database=None,
)
