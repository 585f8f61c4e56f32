"""Whatever parameters an operation gets, the answer is AWS's error and no failure of the server."""

import fuzz
from harness import Aws

from cognito_sandbox import Sandbox

CALLS = 800


def test_no_call_ends_in_a_500() -> None:
    with Sandbox() as own:  # which nobody else would want to use afterwards
        outcome = fuzz.run(Aws(own.endpoint, own.access_key), CALLS, seed=1)
    print(outcome)
    assert outcome.failed == []
    assert len(outcome.reached) > CALLS / 3
    assert len(outcome.done) > CALLS / 20
