"""What stands under "Carry it home" is a program: its cells run without a notebook or a helper."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from helpers import cloud, cognito, experiments, functions, known_users, permissions, triggers

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
PASSWORD = "Correct-horse-1"
ADDRESSES = """
from helpers import cloud
cloud.connect()
import boto3
made = boto3.client("cognito-idp"), boto3.resource("dynamodb").meta.client
print({each.meta.endpoint_url for each in made} == {cloud.current().endpoint})
print(boto3.client("sts", endpoint_url="http://127.0.0.1:9").meta.endpoint_url)
"""


def at_home(name: str) -> str:
    """The cells that are to be carried home."""
    cells = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4).cells
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    return "\n".join(each for each in code if "boto3.client(" in each and "%%" not in each)


def run(place: cloud.Cloud, code: str, **values: str) -> None:
    """Run it in a process of its own; the values are what the reader fills in."""
    env = os.environ | {"AWS_DEFAULT_REGION": place.region}
    keys = place.session.get_credentials()
    if place.endpoint and keys:
        env |= {"AWS_ENDPOINT_URL": place.endpoint, "AWS_CONFIG_FILE": os.devnull}
        env |= {"AWS_ACCESS_KEY_ID": keys.access_key, "AWS_SECRET_ACCESS_KEY": keys.secret_key}
    filled_in = "\n".join(f"{name} = {value!r}" for name, value in values.items())
    program = [sys.executable, "-I", "-c", f"{filled_in}\n{code}"]
    subprocess.run(program, env=env, check=True, stdout=subprocess.DEVNULL)


def test_a_function_and_its_trigger(place: cloud.Cloud, outputs: dict[str, str]) -> None:
    pool, table, function = outputs["UserPoolId"], outputs["TableName"], "test-carried-home"
    role = functions.get_function(outputs["AutoConfirmFunction"])["Role"]
    filled_in = {"pool_id": pool, "table_name": table, "function": function, "role_arn": role}
    filled_in["handler_text"] = experiments.source("auto_confirm").code
    known_users.fill(table)
    try:
        with triggers.kept(pool) as before:
            run(place, at_home("01_auto_confirm"), **filled_in)
            known = "test_user_1", PASSWORD, "test_email_1@example.com"
            assert cognito.sign_up(outputs["UserPoolClientId"], *known).confirmed
            described = cloud.client("cognito-idp").describe_user_pool(UserPoolId=pool)["UserPool"]
            config = {"LambdaConfig": described["LambdaConfig"]}
            assert triggers.settings(described) == triggers.settings(before) | config
    finally:
        cognito.admin_delete_user(pool, "test_user_1")
        functions.delete_function(function)


@pytest.mark.parametrize(
    ("name", "function", "set_triggers"),
    [
        ("02_migrate_user", "MigrateUserFunction", {"UserMigration"}),
        ("03_activity_log", "ActivityLogFunction", {"PreAuthentication", "PostAuthentication"}),
    ],
)
def test_a_trigger(
    place: cloud.Cloud, outputs: dict[str, str], name: str, function: str, set_triggers: set[str]
) -> None:
    pool, arn = outputs["UserPoolId"], outputs[f"{function}Arn"]
    with permissions.withheld(pool, arn), triggers.kept(pool):
        for _ in range(2):
            run(place, at_home(name), pool_id=pool, function_arn=arn)
        assert set(triggers.table(pool)["Trigger"]) == set_triggers
        assert pool in "".join(permissions.table(arn)["On behalf of"])


def test_a_cell_reaches_the_sandbox_as_the_helpers_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOUD_TARGET", "sandbox")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    cells = [nbformat.v4.new_code_cell(ADDRESSES)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    assert cells[0].outputs[0].text == "True\nhttp://127.0.0.1:9\n"
