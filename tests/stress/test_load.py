"""A short load, and an end to all that would grow for ever."""

import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from harness import Aws, by_hand, eventually, refused, zipped

PASSWORD = "Correct-horse-1"
HANDLER = "import time\ndef handler(event, context):\n    time.sleep(0.2)\n    return event\n"
SMALL_STACK = '{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}'


@pytest.mark.parametrize("form", [("--seconds", "4"), ("--migrate", "200")])
def test_many_clients(form: tuple[str, str]) -> None:
    load = [sys.executable, str(Path(__file__).with_name("load.py")), *form, "--clients", "8"]
    done = subprocess.run(load, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_log_groups_keep_their_newest_events(aws: Aws) -> None:
    from cognito_sandbox.patches.limits import EVENTS

    named = {"logGroupName": "many-lines", "logStreamName": "stream"}
    aws.logs.create_log_group(logGroupName="many-lines")
    aws.logs.create_log_stream(**named)
    now, count = int(time.time() * 1000), 10_000
    for batch in range(EVENTS // count + 1):
        aws.logs.put_log_events(
            logGroupName=named["logGroupName"],
            logStreamName=named["logStreamName"],
            logEvents=[{"timestamp": now, "message": f"{batch}-{n}"} for n in range(count)],
        )
    pages = aws.logs.get_paginator("filter_log_events").paginate(logGroupName="many-lines")
    kept = [event["message"] for page in pages for event in page["events"]]
    assert len(kept) == EVENTS
    assert kept[0] == "1-0"
    aws.logs.delete_log_group(logGroupName="many-lines")


def test_log_groups_can_be_read_while_streams_are_made(aws: Aws) -> None:
    aws.logs.create_log_group(logGroupName="busy")
    busy = threading.Event()

    def make() -> None:
        for number in range(400):
            aws.logs.create_log_stream(logGroupName="busy", logStreamName=f"{number}")
        busy.set()

    with ThreadPoolExecutor() as threads:
        made = threads.submit(make)
        while not busy.is_set():
            aws.logs.describe_log_streams(logGroupName="busy")
        made.result()
    aws.logs.delete_log_group(logGroupName="busy")


def test_moto_keeps_no_list_of_its_objects() -> None:
    with by_hand("--moto-api") as endpoint:
        aws = Aws(endpoint)
        aws.client("iam").create_group(GroupName="tracked")
        assert not any(aws.get("/moto-api/data.json")["iam"].values())


def test_deleted_stacks_are_forgotten_one_day(aws: Aws) -> None:
    from cognito_sandbox.patches.stacks import DELETED

    api = aws.client("cloudformation")
    change = {"ChangeSetName": "change", "ChangeSetType": "CREATE"}
    planned = api.create_change_set(StackName="first", TemplateBody=SMALL_STACK, **change)
    api.execute_change_set(ChangeSetName=planned["Id"])
    api.delete_stack(StackName="first")
    with refused("ChangeSetNotFound"):
        api.describe_change_set(ChangeSetName=planned["Id"])
    for _ in range(DELETED):
        assert api.describe_stacks(StackName=planned["StackId"])["Stacks"]
        api.create_stack(StackName="another", TemplateBody=SMALL_STACK)
        api.delete_stack(StackName="another")
    with refused("ValidationError"):
        api.describe_stacks(StackName=planned["StackId"])


def test_a_function_s_first_two_invocations_share_a_log_group(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from moto.logs import models

    from cognito_sandbox.lambdas.runnable import LogEvent
    from cognito_sandbox.patches import function_logs
    from cognito_sandbox.patches.functions import Function

    made = models.LogGroup

    def make_slowly(*given: Any) -> Any:
        time.sleep(0.05)
        return made(*given)

    monkeypatch.setattr(models, "LogGroup", make_slowly)
    monkeypatch.setattr(function_logs, "_may", lambda *_: True)
    backend = models.LogsBackend("us-east-1", "123456789012")
    function: Any = SimpleNamespace(
        logs_backend=backend,
        logging_config={},
        function_name="any",
    )
    events: list[LogEvent] = [{"timestamp": 1, "message": "line"}]
    with ThreadPoolExecutor() as threads:
        for write in [threads.submit(Function.write_log, function, name, events) for name in "ab"]:
            write.result()
    assert set(backend.groups["/aws/lambda/any"].streams) == {"a", "b"}


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A pool of moto's that remembers the newest two of everything."""
    from cognito_sandbox import newest
    from cognito_sandbox.cognito import pools
    from cognito_sandbox.store import user_pools

    user_pools.install()
    monkeypatch.setattr(newest, "KEPT", 2)
    return pools.create("us-east-1", "pool", {})


def user(pool: Any, name: str) -> Any:
    from cognito_sandbox.cognito import owners
    from cognito_sandbox.store import user_pools as store

    made = store.new_user(pool, name, PASSWORD, "CONFIRMED", {"email": f"{name}@example.com"})
    owners.add(pool, made, take_aliases=False)
    return made


def test_the_oldest_sign_ins_are_forgotten(pool: Any) -> None:
    from cognito_sandbox.cognito import refreshing, tokens
    from cognito_sandbox.cognito.errors import CognitoError
    from cognito_sandbox.store import user_pools as store

    app, ann = store.new_client(pool, {"ClientName": "app"}), user(pool, "ann")
    first, second, third = (tokens.issue(pool, app, ann, "Authentication", {}) for _ in range(3))
    for issued in (second, third):
        refreshing.refresh(app, issued["RefreshToken"], {})
    with pytest.raises(CognitoError, match="Invalid Refresh Token"):
        refreshing.refresh(app, first["RefreshToken"], {})
    with pytest.raises(CognitoError, match="Invalid Access Token"):
        tokens.signed_in(first["AccessToken"])
    kept = (tokens.by_refresh_token, tokens._by_access_token, pool.access_tokens)
    assert [len(each) for each in kept] == [2] * 3


def test_signing_out_counts_for_forgotten_sign_ins_too(pool: Any) -> None:
    from cognito_sandbox.cognito import refreshing, tokens
    from cognito_sandbox.cognito.errors import CognitoError
    from cognito_sandbox.store import user_pools as store

    app, ann, bob = (
        store.new_client(pool, {"ClientName": "app"}),
        user(pool, "ann"),
        user(pool, "bob"),
    )
    first = tokens.issue(pool, app, ann, "Authentication", {})
    tokens.issue(pool, app, bob, "Authentication", {})
    later = refreshing.refresh(app, first["RefreshToken"], {})
    tokens.issue(pool, app, bob, "Authentication", {})
    refreshing.sign_out(ann)
    with pytest.raises(CognitoError, match="Access Token has been revoked"):
        tokens.signed_in(later["AccessToken"])


def test_the_oldest_challenges_are_forgotten(pool: Any) -> None:
    from cognito_sandbox.cognito.attempt import Attempt
    from cognito_sandbox.cognito.operations import Request
    from cognito_sandbox.cognito.sessions import Challenge, _open, ask
    from cognito_sandbox.store import user_pools as store

    attempt = Attempt(pool, store.new_client(pool, {"ClientName": "app"}), Request(), admin=False)
    given = [ask(Challenge("SMS_MFA", attempt), {})["Session"] for _ in range(3)]
    assert list(_open) == given[1:]


def test_the_oldest_codes_are_forgotten(pool: Any) -> None:
    from cognito_sandbox.cognito import codes
    from cognito_sandbox.cognito.errors import CognitoError

    messages = [codes.Message(pool, user(pool, name), "SignUp", "email", None) for name in "abc"]
    for message in [*messages[:2], messages[0], messages[2]]:  # asking again makes a newer one
        message.send_code()
    for message, told in zip(messages, ("Invalid ver", "Invalid code", "Invalid ver"), strict=True):
        with pytest.raises(CognitoError, match=told):
            codes.check(pool, message.user, "SignUp", "wrong")


def test_the_oldest_mail_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    from cognito_sandbox import mailbox, newest

    monkeypatch.setattr(mailbox, "_messages", deque(maxlen=mailbox._messages.maxlen))
    for number in range(newest.KEPT + 1):
        mailbox.add(number=number)
    assert [mail["number"] for mail in mailbox.messages()][::9999] == [1, newest.KEPT]


@pytest.fixture
def environments() -> Iterator[Any]:
    from cognito_sandbox.lambdas.environments import Environments
    from cognito_sandbox.lambdas.fork_client import Forks

    found = Environments(Forks())
    yield found
    found.close()


def test_few_idle_environments_are_kept(environments: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from test_units import IdleFunction

    from cognito_sandbox.lambdas import environments as module
    from cognito_sandbox.lambdas.invocation import invoke

    monkeypatch.setattr(module, "IDLE_AT_MOST", 2)
    function = IdleFunction(zipped(index=HANDLER))
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda _: invoke(environments, function, b"{}"), range(6)))
    homes = environments._forks.server(deadline=0).directory / "environments"
    assert eventually(lambda: len(list(homes.iterdir())) == 2)


def test_aws_policies_are_there_for_those_who_need_them(aws: Aws) -> None:
    api = aws.client("sso-admin")
    instance = "arn:aws:sso:::instance/ssoins-1234567890abcdef"
    made = api.create_permission_set(Name="readers", InstanceArn=instance)["PermissionSet"]
    named = {"InstanceArn": instance, "PermissionSetArn": made["PermissionSetArn"]}
    policy = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    api.attach_managed_policy_to_permission_set(**named, ManagedPolicyArn=policy)
    attached = api.list_managed_policies_in_permission_set(**named)["AttachedManagedPolicies"]
    assert [each["Arn"] for each in attached] == [policy]
