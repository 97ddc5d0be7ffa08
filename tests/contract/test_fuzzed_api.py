"""Every operation of the API's description, asked with what schemathesis makes of it, right and wrong, by two people.

Whatever is sent, the answer is one that the description knows, to its last key, and never a mistake of the server's.
`FUZZ_EXAMPLES` and `FUZZ_SEED` make a run longer, or another one; `make soak` does both.
"""

import os

import pytest
import schemathesis
from conforming import described
from fuzzing import World, about
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from live import run_server
from schemathesis import GenerationMode

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "16"))
SEED = int(os.environ.get("FUZZ_SEED", "1"))
NOT_BUILT = 501
#: A piece of a file is bytes like any other.
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
OPERATIONS = {
    found.ok().label: found.ok()
    for found in schemathesis.openapi.from_dict(described("may-2021").whole).get_all_operations()
}


@pytest.fixture(scope="module")
def world(tmp_path_factory, sqlite_template):
    """A server of its own: nothing is spared."""
    share = tmp_path_factory.mktemp("share")
    for live in run_server(tmp_path_factory.mktemp("fuzzed"), sqlite_template, share=str(share)):
        yield World(live)


@pytest.mark.parametrize("name", OPERATIONS)
def test_whatever_is_sent_the_answer_is_one_of_those_described(world, name):
    modes = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
    cases = st.one_of(OPERATIONS[name].as_strategy(generation_mode=mode) for mode in modes)

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(
        case=cases,
        who=st.sampled_from(["admin", "user"]),
        ui=st.sampled_from(["", "/annotations"]),
        is_strange=st.sampled_from([False, False, False, True]),
    )
    def send(case, who, ui, is_strange):
        if not is_strange:
            about(case, world.ids)
        answer = world.send(case, who, ui)
        assert answer.status_code < 500 or answer.status_code == NOT_BUILT, answer.text

    world.prepare()
    send()
