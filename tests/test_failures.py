"""Whose mistake it is when moto fails: the client's, or that of one of our patches into moto."""

from collections.abc import Callable
from types import FunctionType

import pytest

from cognito_sandbox.door.refusals import Style
from cognito_sandbox.patches import failures

OURS = "cognito_sandbox.patches.buckets"


def within(module: str, inner: Callable[[], object]) -> Callable[[], object]:
    """A function of that module that calls another."""

    def outer() -> object:
        return inner()

    return FunctionType(outer.__code__, {"__name__": module}, "outer", closure=outer.__closure__)


def fail() -> None:
    _ = {"there": 1}["missing"]


def raised(*modules: str) -> Exception:
    """The error of a call that passed through these modules."""
    call: Callable[[], object] = fail
    for module in reversed(modules):
        call = within(module, call)
    with pytest.raises(KeyError) as told:
        call()
    return told.value


def test_what_moto_alone_cannot_make_sense_of_is_the_clients(
    capsys: pytest.CaptureFixture[str],
) -> None:
    error = raised("cognito_sandbox.application", "moto.core.responses", "moto.sqs.models")
    refusal = failures.explain(error, "sqs", Style.JSON)
    assert refusal.status == "400 Bad Request"
    assert refusal.message.endswith("KeyError('missing')")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("last", ["cognito_sandbox.patches.limits", "moto.logs.models"])
def test_what_came_through_a_patch_is_ours(capsys: pytest.CaptureFixture[str], last: str) -> None:
    patch = "cognito_sandbox.patches.limits"
    error = raised("cognito_sandbox.application", "moto.core.responses", patch, last)
    refusal = failures.explain(error, "logs", Style.JSON)
    assert refusal.status == "500 Internal Server Error"
    assert capsys.readouterr().err == f"The sandbox failed in {patch}.outer: KeyError('missing')\n"


def test_what_moto_has_and_needs_more_for_is_not_here() -> None:
    def load() -> object:
        raise ModuleNotFoundError("No module named 'more'", name="more")

    with pytest.raises(ModuleNotFoundError) as told:
        within("moto.xray.models", load)()
    refusal = failures.explain(told.value, "xray", Style.JSON)
    assert (refusal.status, refusal.code) == ("400 Bad Request", "NotImplementedException")
    assert refusal.message == "The sandbox does not have xray: more is not installed beside it."


def test_what_only_hands_the_request_on_leaves_the_failure_to_moto() -> None:
    def hand_on() -> object:
        return within("moto.s3.models", fail)()

    def break_down() -> object:
        return {"there": 1}["missing"]

    for wrapper, status in ((hand_on, "400"), (break_down, "500")):
        code = failures.hands_on(wrapper).__code__
        ours = FunctionType(code, {"__name__": OURS, "within": within, "fail": fail})
        with pytest.raises(KeyError) as told:
            within("moto.core.responses", ours)()
        assert failures.explain(told.value, "s3", Style.S3).status.startswith(status)
