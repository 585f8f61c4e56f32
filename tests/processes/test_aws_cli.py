"""The aws CLI signs a user up and in, against `python -m cognito_sandbox`."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from harness import PASSWORD, Aws

Cli = Callable[..., Any]
PROJECT = Path(__file__).parents[2]


@pytest.fixture
def aws_cli() -> Iterator[tuple[Cli, Aws]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "cognito_sandbox", "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    endpoint = process.stdout.readline().removeprefix("Sandbox ready at ").strip()
    environment = {
        "PATH": os.environ["PATH"],
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "any",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": endpoint,
    }

    def run(*arguments: str) -> Any:
        program = str(Path(sys.executable).with_name("aws"))
        done = subprocess.run(
            [program, *arguments, "--output", "json"],
            capture_output=True,
            text=True,
            env=environment,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.startswith("{") else done.stdout

    yield run, Aws(endpoint)
    process.terminate()
    process.communicate()


def test_sign_up_and_sign_in(aws_cli: tuple[Cli, Aws]) -> None:
    cli, aws = aws_cli
    trigger = aws.echo("event['response']['autoConfirmUser'] = True")
    pool = cli(
        *("cognito-idp", "create-user-pool", "--pool-name", "from-the-cli"),
        *("--lambda-config", f"PreSignUp={trigger.arn}"),
    )["UserPool"]["Id"]
    client = cli(
        *("cognito-idp", "create-user-pool-client", "--user-pool-id", pool),
        *("--client-name", "app", "--explicit-auth-flows", "ALLOW_USER_PASSWORD_AUTH"),
    )["UserPoolClient"]["ClientId"]
    answer = cli(
        *("cognito-idp", "sign-up", "--client-id", client, "--username", "ann"),
        *("--password", PASSWORD),
    )
    assert answer["UserConfirmed"] is True
    result = cli(
        *("cognito-idp", "initiate-auth", "--client-id", client),
        *("--auth-flow", "USER_PASSWORD_AUTH"),
        *("--auth-parameters", f"USERNAME=ann,PASSWORD={PASSWORD}"),
    )
    assert "AccessToken" in result["AuthenticationResult"]
    assert trigger.sources() == ["PreSignUp_SignUp"]


def test_package_and_deploy_take_the_template_as_it_is(
    aws_cli: tuple[Cli, Aws], tmp_path: Path
) -> None:
    cli, aws = aws_cli
    aws.client("s3").create_bucket(Bucket="code")
    packaged = tmp_path / "packaged.yaml"
    cli(
        *("cloudformation", "package", "--template-file", str(PROJECT / "template.yaml")),
        *("--s3-bucket", "code", "--output-template-file", str(packaged)),
    )
    deploy = [
        *("cloudformation", "deploy", "--template-file", str(packaged)),
        *("--stack-name", "by-hand", "--capabilities", "CAPABILITY_IAM"),
        "--no-fail-on-empty-changeset",
    ]
    cli(*deploy)
    assert "No changes to deploy. Stack by-hand is up to date" in cli(*deploy)
    stack = aws.client("cloudformation").describe_stacks(StackName="by-hand")["Stacks"][0]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    event = (PROJECT / "cognito_sandbox/trigger_events/PreSignUp_SignUp.json").read_bytes()
    answer = aws.lambdas.invoke(FunctionName=outputs["AutoConfirmFunction"], Payload=event)
    assert json.load(answer["Payload"]) == json.loads(event)


def test_a_function_is_invoked_with_what_event_prints(
    aws_cli: tuple[Cli, Aws], tmp_path: Path
) -> None:
    cli, aws = aws_cli
    function = aws.echo("event['response']['autoConfirmUser'] = True")
    event, answer = tmp_path / "event.json", tmp_path / "answer.json"
    command = [sys.executable, "-m", "cognito_sandbox", "event", "PreSignUp_SignUp"]
    with event.open("w") as target:
        subprocess.run([*command, "--set", "userName=ann"], stdout=target, check=True)
    told = cli(
        *("lambda", "invoke", "--function-name", function.name),
        *("--payload", f"fileb://{event}", str(answer)),
    )
    assert "FunctionError" not in told
    given = json.loads(event.read_text())
    given["response"]["autoConfirmUser"] = True
    assert json.loads(answer.read_text()) == given
    assert given["userName"] == "ann"


def test_queues_need_the_option(aws_cli: tuple[Cli, Aws]) -> None:
    cli, aws = aws_cli
    made = cli("sqs", "create-queue", "--queue-name", "q", "--endpoint-url", aws.endpoint)
    assert made["QueueUrl"].startswith(aws.endpoint)
