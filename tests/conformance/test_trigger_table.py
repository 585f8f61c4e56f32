"""Contract 2.2 and 6: the tables of triggers, held against what each call really runs."""

import re
from pathlib import Path
from typing import Any

import pyotp
import pytest
import trigger_calls as calls
from botocore.exceptions import ClientError
from devices import Device
from harness import PASSWORD, REGION, Aws, Function, refused
from trigger_calls import CALLS, DOES_ALL, Tried

from cognito_sandbox import trigger_events
from cognito_sandbox.cognito import operations, sessions
from cognito_sandbox.cognito.sign_in import FLOWS, NEWER_NAMES
from cognito_sandbox.commands import triggers as command
from cognito_sandbox.commands.running import Running
from cognito_sandbox.store import user_pools
from cognito_sandbox.trigger_cases import ANSWER, CASES, SIGN_IN, SOME_PRE_SIGN_UP, Case
from cognito_sandbox.trigger_table import FAILURES, TRIGGERS, Failure, Trigger, of

FAILING: dict[str, calls.Call] = {  # a call that each trigger can stop
    "PreSignUp": calls.sign_up,
    "PostConfirmation": calls.confirm,
    "PreAuthentication": calls.sign_in,
    "PostAuthentication": calls.sign_in,
    "PreTokenGeneration": calls.sign_in,
    "UserMigration": calls.migrate,
    "CustomMessage": calls.forget,
    "DefineAuthChallenge": calls.start_custom,
    "CreateAuthChallenge": calls.start_custom,
    "VerifyAuthChallengeResponse": CALLS[
        "RespondToAuthChallenge", "CUSTOM_CHALLENGE, DefineAuthChallenge asks again"
    ],
}
LEFT = {
    "no user": [],
    "the user, CONFIRMED": ["CONFIRMED"],
    "the user, as before": ["CONFIRMED"],
}
BROKEN: dict[str, str] = {
    "The handler raises": "def handler(event, context): raise ValueError('no')",
    "Its module cannot be imported": "import nowhere",
    "Its process ends": "import os\ndef handler(event, context): os._exit(3)",
    "The function's own time limit is over": (
        "import time\ndef handler(event, context): time.sleep(9)"
    ),
    "There is no answer within 5 seconds, three times": (
        "import time\ndef handler(event, context): time.sleep(3)"
    ),
    "Cognito may not invoke the function, or it is gone": "def handler(event, context): pass",
    "The handler returns nothing": "def handler(event, context): pass",
    "It returns something else than the event": "def handler(event, context): return {}",
    "Its response asks for what cannot be": (
        "def handler(event, context):\n"
        "    event['response']['autoVerifyEmail'] = True\n"
        "    return event"
    ),
    "UserMigration returns no event, and the app client hides who exists": (
        "def handler(event, context): pass"
    ),
}


@pytest.fixture(scope="module")
def does_all(aws: Aws) -> Function:
    return aws.function(DOES_ALL)


EACH = [(case, operation) for case in CASES for operation in case.operations]


@pytest.mark.parametrize(
    ("case", "operation"), EACH, ids=[f"{name} {case.when}".strip() for case, name in EACH]
)
def test_a_call_runs_these_triggers_in_this_order(
    aws: Aws, does_all: Function, case: Case, operation: str
) -> None:
    tried = Tried(aws, does_all, operation)
    tried.begin()
    CALLS[operation, case.when](tried)
    ran = [
        source if "_" in expected else source.partition("_")[0]  # where AWS does not say which
        for source, expected in zip(tried.sources(), case.sources, strict=True)
    ]
    assert tuple(ran) == case.sources


def own_operations() -> set[str]:
    """Those that the sandbox answers itself: moto, which has the others, runs no trigger."""
    return {name for name in user_pools.api().operation_names if operations.find(name)}


def test_no_case_is_left_out() -> None:
    assert {(name, case.when) for case, name in EACH} == CALLS.keys()
    assert {trigger.name for trigger in TRIGGERS} == FAILING.keys()
    assert {failure.what for failure in FAILURES} == BROKEN.keys()


def test_each_source_flow_and_challenge_of_the_sandbox_has_a_case() -> None:
    sources = {source for case in CASES for source in case.sources} - {SOME_PRE_SIGN_UP}
    assert sources == set(trigger_events.sources())
    assert {of(source) for source in sources} == {trigger.name for trigger in TRIGGERS}
    flows = {NEWER_NAMES.get(flow, flow).removeprefix("ADMIN_") for flow in FLOWS}
    assert {_first_word(case) for case in CASES if case.operations == SIGN_IN} == flows
    challenges = {_first_word(case) for case in CASES if case.operations == ANSWER}
    assert challenges == sessions._handlers.keys()


def _first_word(case: Case) -> str:
    return re.split(r"\W", case.when)[0]


def test_no_other_call_runs_a_trigger(aws: Aws, does_all: Function) -> None:
    tried, made = Tried(aws, does_all), set[str]()
    tried.ask_for_factors("OPTIONAL")
    calls.ask_code(tried)
    tried.pool.add("bob")
    tried.pool.add("carol")
    bob = Device(tried.pool, tried.sign_in("bob"), name="bob")
    device = Device(tried.pool, tried.sign_in(), confirm=False)
    other = Device(tried.pool, tried.sign_in())
    tried.begin()
    recorded: Any = lambda model, **_: made.add(model.name)  # noqa: E731
    aws.cognito.meta.events.register("before-call.cognito-identity-provider", recorded)
    try:
        make_others_of_users(tried, device, other)
        tried.cognito.delete_user(**bob.token)
        tried.cognito.admin_delete_user(UserPoolId=tried.pool.id, Username="carol")
        make_others_of_pools(tried)
    finally:
        aws.cognito.meta.events.unregister("before-call.cognito-identity-provider", recorded)
    assert tried.sources() == []
    assert own_operations() - made == {name for _, name in EACH}
    assert not made & {name for _, name in EACH}


def make_others_of_users(tried: Tried, device: Device, other: Device) -> None:
    """Each call that is not in the table, by ann or for her."""
    cognito, ann, pool = tried.cognito, tried.admin, {"UserPoolId": tried.pool.id}
    token, key = device.token, {"DeviceKey": device.key}
    cognito.verify_user_attribute(**token, AttributeName="email", Code=tried.code())
    for mine in (cognito.get_user, cognito.get_user_auth_factors, cognito.list_devices):
        mine(**token)
    for hers in (cognito.admin_get_user_auth_factors, cognito.admin_list_devices):
        hers(**ann)
    secret = cognito.associate_software_token(**token)["SecretCode"]
    cognito.verify_software_token(**token, UserCode=pyotp.TOTP(secret).now())
    preference = {"SoftwareTokenMfaSettings": {"Enabled": True}}
    cognito.set_user_mfa_preference(**token, **preference)
    cognito.admin_set_user_mfa_preference(**ann, **preference)
    cognito.admin_delete_software_token(**ann)
    cognito.set_user_settings(**token, MFAOptions=[])
    cognito.admin_set_user_settings(**ann, MFAOptions=[])
    ask_for_passkeys(cognito, token)
    device.confirm()
    cognito.get_device(**token, **key)
    cognito.update_device_status(**token, **key, DeviceRememberedStatus="remembered")
    cognito.admin_get_device(**ann, **key)
    cognito.admin_update_device_status(**ann, **key, DeviceRememberedStatus="not_remembered")
    cognito.forget_device(**token, **key)
    cognito.admin_forget_device(**ann, DeviceKey=other.key)
    cognito.delete_user_attributes(**token, UserAttributeNames=["phone_number"])
    cognito.admin_delete_user_attributes(**ann, UserAttributeNames=["email"])
    cognito.change_password(**token, PreviousPassword=PASSWORD, ProposedPassword=calls.OTHER)
    cognito.admin_set_user_password(**ann, Password=PASSWORD, Permanent=True)
    cognito.list_users(**pool)
    cognito.create_group(**pool, GroupName="people")
    cognito.list_users_in_group(**pool, GroupName="people")
    refreshing = {"ClientId": tried.pool.client_id, "Token": other.result["RefreshToken"]}
    cognito.revoke_token(**refreshing)
    cognito.global_sign_out(**token)
    cognito.admin_disable_user(**ann)
    cognito.admin_enable_user(**ann)
    cognito.admin_user_global_sign_out(**ann)


def ask_for_passkeys(cognito: Any, token: dict[str, str]) -> None:
    for call, more in (
        (cognito.start_web_authn_registration, {}),
        (cognito.complete_web_authn_registration, {"Credential": {}}),
        (cognito.list_web_authn_credentials, {}),
        (cognito.delete_web_authn_credential, {"CredentialId": "any"}),
    ):
        with refused("InvalidParameterException", "The sandbox does not have..."):
            call(**token, **more)


def make_others_of_pools(tried: Tried) -> None:
    cognito, pool = tried.cognito, {"UserPoolId": tried.pool.id}
    cognito.create_user_pool(PoolName="other")
    cognito.create_user_pool_client(**pool, ClientName="other")
    client = {**pool, "ClientId": tried.pool.client_id}
    cognito.describe_user_pool_client(**client)
    cognito.update_user_pool_client(**client)
    cognito.get_user_pool_mfa_config(**pool)
    cognito.set_user_pool_mfa_config(**pool, MfaConfiguration="OFF")
    with refused("InvalidParameterException", "The sandbox does not have..."):
        cognito.create_user_pool_domain(**pool, Domain="people")
    provider = {"ProviderName": "others", "ProviderType": "OIDC", "ProviderDetails": {}}
    with refused("InvalidParameterException", "The sandbox does not have..."):
        cognito.create_identity_provider(**pool, **provider)
    cognito.update_user_pool(**pool)
    cognito.delete_user_pool_client(**client)
    cognito.delete_user_pool(**pool)


@pytest.mark.parametrize("trigger", TRIGGERS, ids=lambda trigger: trigger.name)
def test_a_trigger_may_answer_what_its_response_has(
    aws: Aws, does_all: Function, trigger: Trigger
) -> None:
    tried = Tried(aws, does_all)
    FAILING[trigger.name](tried)
    kind = trigger.name.replace("PreTokenGeneration", "TokenGeneration")
    event = next(e for e in tried.events() if e["triggerSource"].startswith(f"{kind}_"))
    assert event["response"].keys() == {name for name in trigger.answers if " " not in name}


@pytest.mark.parametrize("version", ["V2_0", "V3_0"])
def test_a_newer_token_trigger_may_answer_what_its_response_has(
    aws: Aws, does_all: Function, version: str
) -> None:
    tried = Tried(aws, does_all)
    newer: Any = {"LambdaArn": does_all.arn, "LambdaVersion": version}
    tried.pool.update(LambdaConfig={"PreTokenGenerationConfig": newer})
    calls.sign_in(tried)
    (event,) = tried.events()
    (told,) = event["response"]
    answers = next(each.answers for each in TRIGGERS if each.name == "PreTokenGeneration")
    assert f"{told} (V2_0, V3_0)" in answers


@pytest.mark.parametrize("trigger", TRIGGERS, ids=lambda trigger: trigger.name)
def test_what_a_trigger_that_raises_leaves(aws: Aws, trigger: Trigger) -> None:
    kind = trigger.name.replace("PreTokenGeneration", "TokenGeneration")
    tried = Tried(aws, aws.function(DOES_ALL, Environment={"Variables": {"RAISES": kind}}))
    with pytest.raises(ClientError, match=f"{trigger.name} failed with error no"):
        FAILING[trigger.name](tried)
    users = aws.cognito.list_users(UserPoolId=tried.pool.id)["Users"]
    assert [user["UserStatus"] for user in users] == LEFT[trigger.left]


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure.what)
def test_what_a_failure_becomes(aws: Aws, failure: Failure) -> None:
    is_late = "three times" in failure.what
    trigger = aws.function(
        BROKEN[failure.what],
        permission="may not invoke" not in failure.what,
        Timeout=30 if is_late else 1,
    )
    name = "UserMigration" if "UserMigration" in failure.what else "PreSignUp"
    pool = aws.pool({name: trigger}, {"PreventUserExistenceErrors": "ENABLED"})
    clock = Running(aws.endpoint, aws.access_key, REGION).clock
    clock.hurry(10 if is_late else 1)
    with pytest.raises(ClientError) as told:
        pool.sign_up() if name == "PreSignUp" else pool.sign_in()
    clock.hurry(1)
    text = re.escape(failure.text.format(trigger="PreSignUp", **{"…": "@"})).replace("@", ".*")
    assert told.value.response["Error"]["Code"] == failure.kind
    assert re.fullmatch(text, told.value.response["Error"]["Message"])


def test_the_page_is_the_tables() -> None:
    written = Path(__file__).parents[2] / "docs" / "triggers.md"
    assert written.read_text("utf-8") == command.page(), "make triggers"
