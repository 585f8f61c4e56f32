"""What the site shows: every module of the helpers, and a place for each of AWS's examples."""

import importlib
import re
from pathlib import Path

import pytest
import yaml

DOCS = Path(__file__).parents[1] / "docs"
ROWS = re.findall(r"^\| ([A-Z].*) \| (.*) \|$", (DOCS / "coverage.md").read_text(), re.MULTILINE)

# The lists of AWS's pages for the SDKs for Go and JavaScript.
EXAMPLES = """
Hello Amazon Cognito
AdminCreateUser
AdminGetUser
AdminInitiateAuth
AdminRespondToAuthChallenge
AdminSetUserPassword
AssociateSoftwareToken
ConfirmDevice
ConfirmForgotPassword
ConfirmSignUp
DeleteUser
ForgotPassword
InitiateAuth
ListUserPools
ListUsers
ResendConfirmationCode
RespondToAuthChallenge
SignUp
UpdateUserPool
VerifySoftwareToken
Automatically confirm known users with a Lambda function
Automatically migrate known users with a Lambda function
Write custom activity data with a Lambda function after authentication
Sign up a user with a user pool that requires MFA
Hello Lambda
Get started with functions
CreateFunction
DeleteFunction
GetFunction
Invoke
ListFunctions
UpdateFunctionCode
UpdateFunctionConfiguration
Build and test a serverless application with API Gateway, Lambda and DynamoDB
Connect to an Amazon RDS database in a Lambda function
Invoke a Lambda function from a Kinesis trigger
Invoke a Lambda function from a DynamoDB trigger
Invoke a Lambda function from an Amazon DocumentDB trigger
Invoke a Lambda function from an Amazon MSK trigger
Invoke a Lambda function from an Amazon S3 trigger
Invoke a Lambda function from an Amazon SNS trigger
Invoke a Lambda function from an Amazon SQS trigger
Report batch item failures with a Kinesis trigger
Report batch item failures with a DynamoDB trigger
Report batch item failures with an Amazon SQS trigger
"""


def test_the_reference_has_every_module_of_the_helpers() -> None:
    shown = re.findall(r"autoapimodule:: helpers\.(\w+)$", _read("reference/helpers.rst"), re.M)
    helpers = {path.stem for path in (DOCS.parent / "helpers").iterdir()}
    assert sorted(shown) == sorted(name for name in helpers if not name.startswith("_"))


def test_every_example_has_its_row() -> None:
    assert [example for example, _ in ROWS] == EXAMPLES.strip().splitlines()


@pytest.mark.parametrize(("example", "places"), ROWS)
def test_each_place_is_there(example: str, places: str) -> None:
    found = re.findall(r"\[([^]]+)\]\(([^)]+)\)", places)
    assert found
    for name, file in found:
        assert (DOCS / file).is_file()
        if "." in name:
            module, function = name.strip("`").split(".")
            assert callable(getattr(importlib.import_module(f"helpers.{module}"), function))


@pytest.mark.parametrize(("example", "places"), [row for row in ROWS if " " not in row[0]])
def test_a_single_action_is_a_function_of_its_own_name(example: str, places: str) -> None:
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", example).lower()
    assert f".{name}`]" in places


def test_the_workflow_publishes_what_make_site_builds() -> None:
    project = DOCS.parent
    jobs = yaml.safe_load((project / ".github" / "workflows" / "check.yml").read_text())["jobs"]
    *_, build, upload = jobs["site"]["steps"]
    assert build == {"run": "make site"}
    assert upload["uses"].startswith("actions/upload-pages-artifact@")
    recipe = (project / "Makefile").read_text().partition("\nsite: ")[2].partition("\n\n")[0]
    assert f". {upload['with']['path']}\n" in recipe
    assert "site" in jobs["publish"]["needs"]


def _read(page: str) -> str:
    return (DOCS / page).read_text("utf-8")
