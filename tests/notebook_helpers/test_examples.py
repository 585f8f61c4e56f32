"""Every example in a docstring runs as it stands, and prints what it says that it prints."""

import doctest
import functools
import importlib
import json
import pkgutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from checker import Checker
from strict_pool import StrictPool

import helpers
from helpers import (
    cleanup,
    cloud,
    cognito,
    deliveries,
    events,
    known_users,
    mail,
    prompts,
    stack,
    triggers,
)
from helpers._inner import packaging
from helpers.errors import RefusedError
from helpers.invoking import invoke
from helpers.trace import trace

NOT_RUN = {
    "helpers._inner.consent.Consent.agree": "it is for an account",
    "helpers._inner.tracebacks.watch": "it is for a notebook",
    "helpers.experiments.load_ipython_extension": "it is for a notebook",
}
PUBLIC = [each.name for each in pkgutil.iter_modules(helpers.__path__) if each.name[0] != "_"]
STRANGER = {"cognito", "cognito.sign_up", "cognito.admin_create_user", "experiments.replaced"}
STRANGER |= {"experiments.time_limit", "permissions.withheld", "trace"}
UNCONFIRMED = {"cognito.confirm_sign_up", "cognito.resend_confirmation_code"}
UNCONFIRMED |= {"mail.code", "mail.messages", "mail.table", "mail.text"}
CHANGING = ("cleanup", "exercises", "experiments", "permissions", "stack", "triggers")
STRICT = ("devices", "second_factors", "signing_in", "srp")
PASSWORD, EMAIL = "Correct-horse-1", "ann@example.com"
OWN = {"my-function": "my_handler.handler", "my-app": "app.lambda_handler"}
OTHER = "def handler(event, context):\n    print(event['userName'])\n    return event\n"


def examples() -> Iterator[doctest.DocTest]:
    for module in pkgutil.walk_packages(helpers.__path__, "helpers."):
        if not module.name.endswith("__main__"):
            found = doctest.DocTestFinder().find(importlib.import_module(module.name))
            yield from (test for test in found if test.examples and test.name not in NOT_RUN)


@pytest.fixture(scope="module")
def own_function(place: cloud.Cloud) -> Iterator[None]:
    """Functions of one's own, beside the stack."""
    if not place.is_sandbox:
        pytest.skip("the examples change the usual stack, and read the sandbox's mail")
    stack.deploy()
    api, iam = cloud.client("lambda"), cloud.client("iam")
    trust = {"Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    may = {"Action": "logs:*", "Resource": "*"}
    trusted, allowed = (
        json.dumps({"Version": "2012-10-17", "Statement": [each | {"Effect": "Allow"}]})
        for each in (trust, may)
    )
    role = iam.create_role(RoleName="my-role", AssumeRolePolicyDocument=trusted)["Role"]
    iam.put_role_policy(RoleName="my-role", PolicyName="logs", PolicyDocument=allowed)
    code = packaging.packed({"my_handler.py": OTHER.encode()})
    for name, handler in OWN.items():
        api.create_function(
            FunctionName=name,
            Role=role["Arn"],
            Runtime="python3.13",
            Handler=handler,
            Code={"ZipFile": code},
        )
        api.get_waiter("function_active_v2").wait(FunctionName=name)
    yield
    for name in OWN:
        api.delete_function(FunctionName=name)
    iam.delete_role_policy(RoleName="my-role", PolicyName="logs")
    iam.delete_role(RoleName="my-role")
    cleanup.clean_up()
    stack.delete("my-stack")
    stack.delete()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project of one's own, where the example runs."""
    monkeypatch.chdir(tmp_path)
    for file in ("my/handlers/my_handler/my_handler.py", "my/app/app.py"):
        (tmp_path / file).parent.mkdir(parents=True)
        (tmp_path / file).write_text(OTHER)
    template = "Parameters: {Stage: {Type: String}}\nResources: {Queue: {Type: 'AWS::SQS::Queue'}}"
    (tmp_path / "my" / "template.yaml").write_text(template)
    monkeypatch.setenv("EMAIL", EMAIL)


def ann(name: str, pool: str, client: str) -> str | None:
    """Bring her to where the example begins; the code that she was sent, if she was."""
    cognito.admin_delete_user(pool, "ann")
    if name in STRANGER:
        return None
    if name in UNCONFIRMED:
        cognito.sign_up(client, "ann", PASSWORD, EMAIL)
        return mail.code(pool, "ann")
    cognito.admin_create_user(pool, "ann", EMAIL)
    cognito.admin_set_user_password(pool, "ann", PASSWORD)
    if name == "cognito.confirm_forgot_password":
        cognito.forgot_password(client, "ann")
        return mail.code(pool, "ann")
    return OTHER


@functools.cache
def deployed() -> dict[str, str]:
    """As the template has it; whoever changes it clears the cache."""
    return stack.deploy()


def names(example: str, strict: StrictPool) -> dict[str, Any]:
    """What the examples take for granted."""
    outputs = dict(deployed())
    pool, client = outputs["UserPoolId"], outputs["UserPoolClientId"]
    if example.partition(".")[0] in STRICT:
        pool, client = strict.id, strict.client_id
        strict.ask_for_a_second_factor("OPTIONAL")
    code = ann(example, pool, client)
    known_users.fill(outputs["TableName"])
    invoke("my-function", events.sample("PreSignUp_SignUp", userName="ann"))
    if example == "logs":
        invoke(outputs["AutoConfirmFunction"], events.sample("PreSignUp_SignUp", userName="ann"))
    signed_in = code == OTHER
    tokens = cognito.sign_in(client, "ann", PASSWORD) if signed_in else None
    if example == "second_factors":
        strict.ask_for_a_second_factor("ON")
    if example == "permissions.withheld":
        triggers.set_trigger(pool, "PreSignUp", outputs["AutoConfirmFunctionArn"])
    if example.startswith("deliveries"):
        outputs |= stack.deploy(*stack.more("event_sources"))
    given = {
        **{name: importlib.import_module(f"helpers.{name}") for name in PUBLIC},
        "outputs": outputs,
        "pool_id": pool,
        "client_id": client,
        "code": code,
        "table_name": outputs["TableName"],
        "function_arn": outputs["AutoConfirmFunctionArn"],
        "role_arn": cloud.client("iam").get_role(RoleName="my-role")["Role"]["Arn"],
        "password": PASSWORD,
        "tried": {"ann@example.com": "refused"},
        "refused": RefusedError("CodeMismatchException", ""),
        "tokens": tokens,
        "guess": prompts.predict("auto_confirm", "another_password"),
        "time": time,
        "url": "https://example.com",
        "api": stack.deploy(*stack.more("http_api"))["ApiEndpoint"] if "web" in example else "",
        "pool": cloud.client("cognito-idp").describe_user_pool(UserPoolId=pool)["UserPool"],
    }
    given |= batches(outputs) if example.startswith("deliveries") else {}
    return given | ({"story": trace()} if example.startswith("trace.Story") else {})


def batches(outputs: dict[str, str]) -> dict[str, Any]:
    """Something that was delivered, and something that a stream gave up."""
    queue, stream = outputs["DeadQueueUrl"], outputs["StreamName"]
    orders = deliveries.watch("my-function", ["11", "12"], ends=queue)
    invoke("my-function", events.sample("PreSignUp_SignUp", userName="got 11"))
    put = {"StreamName": stream, "PartitionKey": "31", "Data": b"/basket"}
    place = cloud.client("kinesis").put_record(**put)
    arn = cloud.client("kinesis").describe_stream(StreamName=stream)["StreamDescription"]
    info = {"streamArn": arn["StreamARN"], "shardId": place["ShardId"], "batchSize": 1}
    told = {"KinesisBatchInfo": info | {"startSequenceNumber": place["SequenceNumber"]}}
    return {"queue_url": queue, "orders": orders, "told": told}


@pytest.mark.parametrize("test", list(examples()), ids=lambda test: test.name)
@pytest.mark.usefixtures("own_function", "folder")
def test_an_example_runs(test: doctest.DocTest, strict: StrictPool) -> None:
    told: list[str] = []
    example = test.name.removeprefix("helpers.")
    given = names(example, strict) | test.globs
    test = doctest.DocTest(
        test.examples, given, test.name, test.filename, test.lineno, test.docstring
    )
    ran = doctest.DocTestRunner(Checker(), verbose=False, optionflags=doctest.ELLIPSIS).run(
        test, out=told.append
    )
    if example.startswith(CHANGING):
        deployed.cache_clear()
    assert ran.attempted
    assert not ran.failed, "".join(told)


def test_what_is_not_run_is_there() -> None:
    for name in NOT_RUN:
        assert pkgutil.resolve_name(name).__doc__.count(">>>") == 1
