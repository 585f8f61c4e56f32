"""The pytest plugin: fixtures over `cognito_sandbox.testing`, and a section in failed reports.

Whoever uses none of the fixtures pays for none: nothing is imported before the first one.
"""

import time
from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

if TYPE_CHECKING:
    from pluggy import Result

    from cognito_sandbox.testing import Sandbox, Stack, UserPool

MARKER = (
    "user_pool(**settings): settings of the fixture user_pool, as CreateUserPool and "
    "CreateUserPoolClient have them"
)
STARTED = pytest.StashKey[float]()
SAID = pytest.StashKey[int]()  # how much the sandbox had said when the test started
SANDBOX = pytest.StashKey["Sandbox"]()
STACKS = pytest.StashKey[list["Stack"]]()
TITLE = "Cognito triggers"
__tracebackhide__ = True  # a mistake is shown where the test makes it


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARKER)


@pytest.fixture(scope="session")
def sandbox(request: pytest.FixtureRequest) -> Iterator["Sandbox"]:
    """An AWS on this machine, one for all tests of the session (of each worker, with xdist)."""
    from cognito_sandbox.testing import Sandbox

    config = request.config
    with Sandbox([config.invocation_params.dir, config.rootpath]) as started:
        config.stash[SANDBOX] = started
        yield started


@pytest.fixture
def user_pool(request: pytest.FixtureRequest, sandbox: "Sandbox") -> Iterator["UserPool"]:
    """A user pool with an app client for this test alone; its settings are the marker's."""
    settings: dict[str, Any] = {}
    for marker in request.node.iter_markers("user_pool"):  # the nearest first
        if marker.args:
            _refuse(request, f"user_pool takes its settings by name, not {marker.args!r}.")
        settings = marker.kwargs | settings
    with _made(request, sandbox, settings) as pool:
        yield pool


def _made(
    request: pytest.FixtureRequest, sandbox: "Sandbox", settings: dict[str, Any]
) -> "UserPool":
    from botocore.exceptions import ClientError, ParamValidationError

    from cognito_sandbox.testing import TestingError

    try:
        made = sandbox.user_pool(**settings)
    except (ClientError, ParamValidationError, TestingError) as error:
        _refuse(request, " ".join(str(error).split()))
    return made


def _refuse(request: pytest.FixtureRequest, told: str) -> NoReturn:
    """Say what is wrong with the marker, and where the test is that has it."""
    __tracebackhide__ = False  # else pytest adds that all is hidden
    path, line, _ = request.node.location
    raise pytest.fail.Exception(f"{path}:{line + 1}: {told}", pytrace=False) from None


@pytest.fixture(scope="session")
def cognito_event() -> Callable[..., dict[str, Any]]:
    """cognito_event("PreSignUp_SignUp", userName="ann"): the event that Cognito would send."""
    from cognito_sandbox.testing import cognito_event

    return cognito_event


@pytest.fixture(scope="session")
def _stacks(sandbox: "Sandbox") -> dict[Any, "Stack"]:
    return {}


@pytest.fixture
def cognito_stack(
    request: pytest.FixtureRequest, sandbox: "Sandbox", _stacks: dict[Any, "Stack"]
) -> Callable[..., "Stack"]:
    """cognito_stack("template.yaml"): that stack, deployed once a session."""

    def stack(template: str, **parameters: str) -> "Stack":
        key = (template, *sorted(parameters.items()))
        if key not in _stacks:
            _stacks[key] = sandbox.stack(template, **parameters)
        request.node.stash.setdefault(STACKS, []).append(_stacks[key])
        return _stacks[key]

    return stack


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    item.stash[STARTED] = time.time()
    sandbox = item.config.stash.get(SANDBOX, None)
    item.stash[SAID] = len(sandbox.said) if sandbox else 0


@pytest.hookimpl(hookwrapper=True)  # the newer way stops any pytest before 7.4
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, "Result[pytest.TestReport]", None]:
    outcome = yield
    report = outcome.get_result()
    sandbox = item.config.stash.get(SANDBOX, None)
    if sandbox and sandbox.is_alive and report.failed and report.when != "teardown":
        from cognito_sandbox.testing.report import of_pools

        said = sandbox.said[item.stash[SAID] :]
        if told := of_pools(_pools(item, sandbox), item.stash[STARTED], said):
            report.sections.append((TITLE, told))


def _pools(item: pytest.Item, sandbox: "Sandbox") -> list["UserPool"]:
    """Those that any fixture or test has made, and those of the test's stacks."""
    return list(sandbox.made.values()) + [
        pool for stack in item.stash.get(STACKS, []) for pool in stack.user_pools.values()
    ]
