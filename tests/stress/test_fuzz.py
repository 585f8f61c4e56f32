"""Whatever parameters an operation gets, the answer is AWS's error and no failure of the server."""

import fuzz
from harness import Aws

from cognito_sandbox import Sandbox

CALLS = 800


def test_no_call_ends_in_a_500() -> None:
    with Sandbox() as own:  # which nobody else would want to use afterwards
        ended, failed = fuzz.run(Aws(own.endpoint, own.access_key), CALLS, seed=1)
    print(f"{CALLS} calls: {len(failed)} ended in a 500.")
    assert failed == []
    assert ended["200"] > CALLS / 20
