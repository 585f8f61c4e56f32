"""Each entry of the cure book, found by an error that was really provoked."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from helpers import (
    cloud,
    cognito,
    cures,
    devices,
    experiments,
    logs,
    mail,
    permissions,
    show,
    signing_in,
    triggers,
)
from helpers.cures.book import CURES
from helpers.errors import AnswerError, RefusedError
from helpers.invoking import invoke

PROJECT = Path(__file__).parents[2]
PASSWORD = "Correct-horse-1"
NO_LIMIT = "Too many tries"  # the sandbox counts none
NO_HURRY = "Too many calls of the API"  # nor these
# One takes 15 seconds (see the conformance tests), one a clock of its own (see test_expiry).
ELSEWHERE = {"No answer within five seconds", "A token that has expired", NO_LIMIT, NO_HURRY}


class Scene:
    """A stack, and the ways to make something go wrong in it."""

    def __init__(self, outputs: dict[str, str]) -> None:
        self.pool, self.client = outputs["UserPoolId"], outputs["UserPoolClientId"]
        self.functions = outputs
        self.stack = outputs["AutoConfirmFunction"].rpartition("-")[0]

    def trigger(self, trigger: str, name: str, code: str) -> str:
        """Have the trigger run this code."""
        function = experiments.function(name, self.functions)
        triggers.set_trigger(self.pool, trigger, self.functions[f"{self._key(name)}Arn"])
        experiments.replace(name, code, self.stack)
        return function

    def _key(self, name: str) -> str:
        return f"{name.title().replace('_', '')}Function"

    def before_sign_up(self, body: str) -> None:
        self.trigger("PreSignUp", "auto_confirm", f"def handler(event, context):\n    {body}\n")

    def sign_up(self, name: str = "ann", password: str = PASSWORD) -> cognito.SignUp:
        return cognito.sign_up(self.client, name, password, "ann@example.com")

    def sign_in(self, name: str = "ann", password: str = PASSWORD) -> signing_in.Tokens:
        return cognito.sign_in(self.client, name, password)


@pytest.fixture
def scene(outputs: dict[str, str]) -> Iterator[Scene]:
    made = Scene(outputs)
    yield made
    for trigger, name in [("PreSignUp", "auto_confirm"), ("UserMigration", "migrate_user")]:
        triggers.remove_trigger(made.pool, trigger)
        experiments.restore(name, made.stack)
    for user in cognito.list_users(made.pool):
        cognito.admin_delete_user(made.pool, user.username)


def import_fails(scene: Scene) -> object:
    scene.trigger("PreSignUp", "auto_confirm", "import not_there\nhandler = None")
    return scene.sign_up()


def too_slow(scene: Scene) -> object:
    code = "import time\ndef handler(event, context):\n    time.sleep(9)"
    function = scene.trigger("PreSignUp", "auto_confirm", code)
    api = cloud.client("lambda")
    api.update_function_configuration(FunctionName=function, Timeout=1)
    api.get_waiter("function_updated_v2").wait(FunctionName=function)
    try:
        return scene.sign_up()
    finally:
        api.update_function_configuration(FunctionName=function, Timeout=5)
        api.get_waiter("function_updated_v2").wait(FunctionName=function)


def dies(scene: Scene) -> object:
    scene.trigger("PreSignUp", "auto_confirm", "import os\ndef handler(e, c):\n    os._exit(3)")
    return scene.sign_up()


def raises(scene: Scene) -> object:
    scene.before_sign_up("raise ValueError('closed')")
    return scene.sign_up()


def not_allowed(scene: Scene) -> object:
    scene.before_sign_up("return event")
    with permissions.withheld(scene.pool, scene.functions["AutoConfirmFunctionArn"]):
        return scene.sign_up()


def too_many(scene: Scene) -> object:
    scene.before_sign_up("return event")
    function, api = scene.functions["AutoConfirmFunction"], cloud.client("lambda")
    api.put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=0)
    try:
        return scene.sign_up()
    finally:
        api.delete_function_concurrency(FunctionName=function)


def returns_nothing(scene: Scene) -> object:
    scene.before_sign_up("pass")
    return scene.sign_up()


def returns_a_part(scene: Scene) -> object:
    scene.before_sign_up("return {'response': {}}")
    return scene.sign_up()


def only_verifies(scene: Scene) -> object:
    scene.before_sign_up("event['response']['autoVerifyEmail'] = True; return event")
    return scene.sign_up()


def unconfirmed(scene: Scene) -> object:
    scene.sign_up()
    return scene.sign_in()


def migrated(scene: Scene, attributes: str) -> object:
    set_them = f"event['response']['userAttributes'] = {attributes}"
    quiet = "event['response']['messageAction'] = 'SUPPRESS'"
    code = f"def handler(event, context):\n    {set_them}; {quiet}; return event"
    scene.trigger("UserMigration", "migrate_user", code)
    return scene.sign_in()


def must_reset(scene: Scene) -> object:
    return migrated(scene, "{'email': 'ann@example.com', 'email_verified': 'true'}")


def no_address(scene: Scene) -> object:
    with pytest.raises(RefusedError):
        migrated(scene, "{'email': 'ann@example.com'}")
    return cognito.forgot_password(scene.client, "ann")


def unknown(scene: Scene) -> object:
    return scene.sign_in("nobody")


def wrong_password(scene: Scene) -> object:
    cognito.admin_create_user(scene.pool, "ann", "ann@example.com")
    cognito.admin_set_user_password(scene.pool, "ann", PASSWORD)
    return scene.sign_in(password="Wrong-horse-1")


def flow_is_off(scene: Scene) -> object:
    api, name = cloud.client("cognito-idp"), "without-passwords"
    made = api.create_user_pool_client(
        UserPoolId=scene.pool, ClientName=name, ExplicitAuthFlows=["ALLOW_REFRESH_TOKEN_AUTH"]
    )["UserPoolClient"]
    try:
        return cognito.sign_in(made["ClientId"], "ann", PASSWORD)
    finally:
        api.delete_user_pool_client(UserPoolId=scene.pool, ClientId=made["ClientId"])


def name_taken(scene: Scene) -> object:
    scene.sign_up()
    return scene.sign_up()


def wrong_code(scene: Scene) -> None:
    scene.sign_up()
    cognito.confirm_sign_up(scene.client, "ann", "wrong")


def old_code(scene: Scene) -> None:
    cognito.admin_create_user(scene.pool, "ann", "ann@example.com")
    cognito.admin_set_user_password(scene.pool, "ann", PASSWORD)
    cognito.confirm_forgot_password(scene.client, "ann", "123456", PASSWORD)


def old_session(scene: Scene) -> object:
    challenge = signing_in.Challenge("SOFTWARE_TOKEN_MFA", "ann", session="of-another-sign-in-" * 2)
    return signing_in.respond_to_auth_challenge(
        scene.client, challenge, SOFTWARE_TOKEN_MFA_CODE="123456"
    )


def forgotten(scene: Scene) -> None:
    cognito.admin_create_user(scene.pool, "ann", "ann@example.com")
    devices.admin_forget_device(scene.pool, "ann", f"us-east-1_{uuid.uuid4()}")


def weak(scene: Scene) -> object:
    return scene.sign_up(password="weakly")


def too_short(scene: Scene) -> object:
    return scene.sign_up(password="Aa1-")


def not_there(_scene: Scene) -> object:
    return invoke("not-there", {})


def greeted(scene: Scene) -> object:
    attributes = "{'email': 'ann@example.com', 'email_verified': 'true'}"
    answer = f"event['response'] |= {{'userAttributes': {attributes}, "
    answer += "'desiredDeliveryMediums': ['EMAIL']}"
    code = f"def handler(event, _):\n    {answer}; return event"
    scene.trigger("UserMigration", "migrate_user", code)
    with pytest.raises(RefusedError, match="PasswordResetRequired"):
        scene.sign_in()
    if not cloud.current().is_sandbox:
        pytest.skip("nobody reads that mail here")
    return mail.messages(scene.pool, "ann")[-1]["subject"]


def codes_stopped(scene: Scene) -> object:
    with triggers.kept(scene.pool):
        cloud.client("cognito-idp").update_user_pool(UserPoolId=scene.pool)
        told = str(scene.sign_up("quiet"))
    assert not mail.messages(scene.pool, "quiet")
    return told


def never_runs(scene: Scene) -> object:
    raising = "def handler(event, context):\n    raise ValueError('It runs')"
    function = scene.trigger("UserMigration", "migrate_user", raising)
    runs = logs.count(function)
    scene.sign_up()
    assert logs.count(function) == runs
    return "The function does not run."


PROVOKED: dict[str, Callable[[Scene], object]] = {
    "The function cannot be imported": import_fails,
    "The function's own time limit": too_slow,
    "The function's process ended": dies,
    "The function raised": raises,
    "Cognito may not run the function": not_allowed,
    "Too many at once": too_many,
    "Nothing was returned": returns_nothing,
    "Something else was returned": returns_a_part,
    "Verified, but not confirmed": only_verifies,
    "The user must confirm first": unconfirmed,
    "The password must be reset": must_reset,
    "No address to send a code to": no_address,
    "Unknown user": unknown,
    "Wrong name or password, or so it says": wrong_password,
    "The sign-in flow is switched off": flow_is_off,
    "The name is taken": name_taken,
    "A wrong code": wrong_code,
    "An old code": old_code,
    "A session that is no longer good": old_session,
    "A device that was forgotten": forgotten,
    "A weak password": weak,
    "A password that is too short to be looked at": too_short,
    "There is no such function": not_there,
    "A migrated user got a welcome mail": greeted,
    "No code is sent any more": codes_stopped,
    "The function does not run": never_runs,
}


@pytest.mark.parametrize("name", PROVOKED)
def test_the_cure_is_found(name: str, scene: Scene) -> None:
    problem: Any
    try:
        problem = PROVOKED[name](scene)
    except RefusedError as refused:
        problem = refused
    assert cures.explain(problem).error == name


def test_an_answer_is_no_refusal(scene: Scene) -> None:
    with show.expect("UserNotFoundException"):
        scene.sign_in("nobody")
    refused = RefusedError.latest
    assert cognito.admin_get_user(scene.pool, "nobody") is None
    assert not cognito.admin_delete_user(scene.pool, "nobody")
    assert RefusedError.latest is refused


def test_every_cure_is_provoked() -> None:
    assert {cure.error for cure in CURES} == PROVOKED.keys() | ELSEWHERE


def test_too_many_tries_in_an_account() -> None:
    told = "LimitExceededException: Attempt limit exceeded, please try after some time."
    assert cures.explain(told).error == NO_LIMIT


def test_too_many_calls_in_an_account() -> None:
    assert cures.explain(RefusedError("ThrottlingException", "Rate exceeded")).error == NO_HURRY


def test_the_page_is_up_to_date() -> None:
    assert (PROJECT / "CURES.md").read_text("utf-8") == cures.page(), "make cures"


def test_what_nobody_knows_is_said() -> None:
    with pytest.raises(AnswerError, match="has no cure for this: SomethingElse"):
        cures.explain("SomethingElse")


def test_a_cure_is_promised_where_there_is_one() -> None:
    known = RefusedError("CodeMismatchException", "Invalid verification code provided.")
    (told,) = known._render_traceback_()
    assert told.endswith("What to do: from helpers import cures; cures.explain()")
    (told,) = RefusedError("LimitOfSomethingException", "Nobody wrote of it.")._render_traceback_()
    assert told == "RefusedError: LimitOfSomethingException: Nobody wrote of it."


def test_what_was_refused_last_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RefusedError, "latest", None)
    with pytest.raises(AnswerError, match="AWS refused nothing yet"):
        cures.explain()
    with show.expect("CodeMismatchException"):
        raise RefusedError("CodeMismatchException", "Invalid verification code provided.")
    assert cures.explain().error == "A wrong code"


def test_a_cure_shows_its_causes_in_order() -> None:
    shown = cures.explain("AccessDeniedException")
    first, *_ = shown.table["Likely cause"]
    assert first == "No statement in its resource policy"
    for text in (repr(shown), shown._repr_html_()):
        assert "Cognito may not run the function" in text
        assert first in text
