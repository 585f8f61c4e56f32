"""Deploying: from every state, with only what changed, and with a reason when it fails."""

import io
import json
import os
import shutil
import time
import uuid
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from helpers import cloud, experiments, stack
from helpers._inner import packaging, stacks
from helpers.errors import AnswerError, DeploymentError, NoStackError
from helpers.invoking import invoke

BROKEN = {
    "Resources": {
        "Fine": {"Type": "AWS::SQS::Queue"},
        "Broken": {
            "Type": "AWS::Cognito::UserPoolClient",
            "Properties": {"UserPoolId": "us-east-1_nothing", "ClientName": "x"},
            "DependsOn": "Fine",
        },
    }
}


@pytest.fixture
def fresh(place: cloud.Cloud) -> Iterator[str]:
    name = f"test-{uuid.uuid4().hex[:8]}"
    yield name
    cloud.client("cloudformation").delete_stack(StackName=name)


def create(name: str, body: dict[str, Any], ours: bool = True) -> None:
    cloud.client("cloudformation").create_stack(
        StackName=name,
        Capabilities=["CAPABILITY_IAM"],
        TemplateBody=json.dumps(body),
        Tags=[packaging.OWNER] if ours else [],
    )


def status(name: str) -> str:
    found = stacks.find(name)
    return str(found["StackStatus"]) if found else "none"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the template and its code, to be changed."""
    shutil.copytree(packaging.PROJECT / "lambda_src", tmp_path / "lambda_src")
    (tmp_path / "template.yaml").write_text(packaging.TEMPLATE.read_text())
    return tmp_path


def test_zips_depend_on_the_sources_alone(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        (folder / "inner").mkdir(parents=True)
        (folder / "b.py").write_text("b = 1\n")
        (folder / "inner" / "a.py").write_text("a = 1\n")
    os.utime(other / "b.py", (1, 1))
    (other / "b.py").chmod(0o700)
    (other / "__pycache__").mkdir()
    (other / "__pycache__" / "b.pyc").write_bytes(b"x")
    assert packaging.zipped(one) == packaging.zipped(other)
    with zipfile.ZipFile(io.BytesIO(packaging.zipped(one))) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
    (other / "b.py").write_text("b = 2\n")
    assert packaging.zipped(one) != packaging.zipped(other)


def test_only_what_changed_is_uploaded(fresh: str, project: Path) -> None:
    stack.deploy(fresh, project / "template.yaml")
    uploads: list[str] = []
    s3 = cloud.client("s3")

    def note(**_: Any) -> None:
        uploads.append("put")

    s3.meta.events.register("provide-client-params.s3.PutObject", note)
    try:
        stack.deploy(fresh, project / "template.yaml")
        assert uploads == []
        handler = project / "lambda_src" / "auto_confirm" / "auto_confirm.py"
        handler.write_text(handler.read_text() + f"# {uuid.uuid4()}\n")
        stack.deploy(fresh, project / "template.yaml")
        assert uploads == ["put"]
    finally:
        s3.meta.events.unregister("provide-client-params.s3.PutObject", note)


def test_an_update_that_changes_nothing_is_quick_and_fine(fresh: str) -> None:
    first = stack.deploy(fresh)
    assert stack.deploy(fresh) == first
    assert status(fresh) == "CREATE_COMPLETE"


def test_a_change_of_the_template_is_deployed(fresh: str, project: Path) -> None:
    first = stack.deploy(fresh)
    template = project / "template.yaml"
    template.write_text(template.read_text().replace("MinimumLength: 8", "MinimumLength: 10"))
    assert stack.deploy(fresh, template)["UserPoolId"] == first["UserPoolId"]
    described = cloud.client("cognito-idp").describe_user_pool(UserPoolId=first["UserPoolId"])
    assert described["UserPool"]["Policies"]["PasswordPolicy"]["MinimumLength"] == 10


def test_a_rolled_back_stack_is_replaced(fresh: str) -> None:
    create(fresh, BROKEN)
    assert status(fresh) == "ROLLBACK_COMPLETE"
    assert "UserPoolId" in stack.deploy(fresh)
    assert status(fresh) == "CREATE_COMPLETE"


def test_a_stack_that_is_only_planned_is_replaced(fresh: str) -> None:
    cloud.client("cloudformation").create_change_set(
        StackName=fresh,
        Capabilities=["CAPABILITY_IAM"],
        ChangeSetName="planned",
        ChangeSetType="CREATE",
        TemplateBody=json.dumps(BROKEN),
        Tags=[packaging.OWNER],
    )
    assert status(fresh) == "REVIEW_IN_PROGRESS"
    stack.deploy(fresh)
    assert status(fresh) == "CREATE_COMPLETE"


def test_somebody_elses_stack_is_refused(fresh: str) -> None:
    create(fresh, {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}, ours=False)
    for attempt in (stack.deploy, stack.delete):
        with pytest.raises(DeploymentError, match="not this project's"):
            attempt(fresh)
    assert status(fresh) == "CREATE_COMPLETE"


def test_the_first_failure_is_explained(fresh: str, project: Path) -> None:
    template = project / "template.yaml"
    template.write_text(
        template.read_text().replace("UserPoolId: !Ref UserPool", "UserPoolId: us-east-1_nothing")
    )
    with pytest.raises(
        DeploymentError,
        match=r"could not be created: UserPoolClient \(AWS::Cognito::UserPoolClient\) failed: ",
    ):
        stack.deploy(fresh, template)
    assert status(fresh) == "ROLLBACK_COMPLETE"


def test_a_failed_update_leaves_the_stack_as_it_was(fresh: str, project: Path) -> None:
    first = stack.deploy(fresh)
    template, good = project / "template.yaml", packaging.TEMPLATE.read_text()
    template.write_text(good.replace("UserPoolId: !Ref UserPool", "UserPoolId: nothing"))
    with pytest.raises(DeploymentError, match="could not be updated: UserPoolClient"):
        stack.deploy(fresh, template)
    template.write_text(good)
    assert stack.deploy(fresh, template) == first


def test_deleting_leaves_nothing_and_may_be_repeated(fresh: str) -> None:
    stack.deploy(fresh)
    assert fresh in str(list(stack.leftovers()["Resource"]))
    stack.delete(fresh)
    stack.delete(fresh)
    assert fresh not in str(list(stack.leftovers()["Resource"]))
    with pytest.raises(DeploymentError, match="does not exist"):
        stack.outputs(fresh)


def test_the_outputs_as_a_table(outputs: dict[str, str], place: cloud.Cloud) -> None:
    name = outputs["AutoConfirmFunction"].removesuffix("-AutoConfirm")
    frame = stack.table(name)
    assert list(frame.columns) == ["Output", "Value"]
    assert list(frame["Output"]) == sorted(outputs)


def test_short_forms_become_long_and_versions_texts(tmp_path: Path) -> None:
    text = "a: !Ref X\nb: !GetAtt X.Y.Z\nc: !Sub '${X}'\nd: !Join [',', [!Ref X, b]]\n"
    text += "e: 2010-09-09\n"
    loaded = yaml.load(text, packaging._Loader)
    assert loaded == {
        "a": {"Ref": "X"},
        "b": {"Fn::GetAtt": ["X", "Y.Z"]},
        "c": {"Fn::Sub": "${X}"},
        "d": {"Fn::Join": [",", [{"Ref": "X"}, "b"]]},
        "e": "2010-09-09",
    }


def test_waiting_for_what_is_in_progress(fresh: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stack whose custom resource never answers stays in progress."""
    silent = {
        "Resources": {
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {"AssumeRolePolicyDocument": {}},
            },
            "Silent": {
                "Type": "AWS::Lambda::Function",
                "Properties": {
                    "Runtime": "python3.12",
                    "Handler": "index.handler",
                    "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                    "Code": {"ZipFile": "def handler(event, context):\n    pass\n"},
                },
            },
            "Waiting": {
                "Type": "Custom::Waiting",
                "Properties": {"ServiceToken": {"Fn::GetAtt": ["Silent", "Arn"]}},
            },
        }
    }
    create(fresh, silent)
    if status(fresh) != "CREATE_IN_PROGRESS":
        pytest.skip("CloudFormation did not wait for the custom resource here")
    monkeypatch.setattr(stack, "PATIENCE", 0.3)
    start = time.monotonic()
    with pytest.raises(DeploymentError, match="still in CREATE_IN_PROGRESS"):
        stack.deploy(fresh)
    assert time.monotonic() - start < 5


@pytest.mark.parametrize("name", ["", "1x", "x!", "a" * 53, None])
@pytest.mark.parametrize("action", [stack.deploy, stack.outputs, stack.delete])
def test_names_that_cannot_be(place: cloud.Cloud, action: Any, name: Any) -> None:
    with pytest.raises(DeploymentError, match="cannot name a stack"):
        action(name)


def test_the_bucket_stays_while_another_stack_needs_it(fresh: str, outputs: dict[str, str]) -> None:
    stack.deploy(fresh)
    stack.delete(fresh)
    stack.delete("no-such-stack")
    cloud.client("s3").head_bucket(Bucket=packaging.bucket_name())


def test_a_project_without_code_is_told(fresh: str, project: Path) -> None:
    shutil.rmtree(project / "lambda_src")
    with pytest.raises(DeploymentError, match="There is no code in"):
        stack.deploy(fresh, project / "template.yaml")
    (project / "template.yaml").write_text("a: [")
    with pytest.raises(DeploymentError, match=r"template\.yaml cannot be read: .+, line 2") as told:
        stack.deploy(fresh, project / "template.yaml")
    assert "\n" not in str(told.value)


def test_a_template_that_there_is_not_is_told(place: cloud.Cloud, tmp_path: Path) -> None:
    with pytest.raises(DeploymentError, match=r"no nope\.yaml in /.+ Check the template's path\."):
        stack.deploy("any", tmp_path / "nope.yaml")


def test_a_further_stack_that_there_is_not_is_told() -> None:
    with pytest.raises(AnswerError, match=r'no "second" in .+: did you mean second_factor\?'):
        stack.more("second")
    with pytest.raises(AnswerError, match=r'no "nope" in .+\. There are: database, .+\.'):
        stack.more("nope")


def test_another_stack_is_brought_up_by_its_name_and_template(place: cloud.Cloud) -> None:
    with pytest.raises(NoStackError, match=r'stack\.deploy\("nowhere", TEMPLATE\)'):
        stack.outputs("nowhere")


def test_a_half_deleted_stack_is_told_and_then_replaced(fresh: str) -> None:
    """A protected pool stands in the way, until its protection is taken off."""
    protected = {"Type": "AWS::Cognito::UserPool", "Properties": {"DeletionProtection": "ACTIVE"}}
    output = {"Pool": {"Value": {"Ref": "Pool"}}}
    create(fresh, {"Resources": {"Pool": protected}, "Outputs": output})
    pool = stack.outputs(fresh)["Pool"]
    for attempt in (stack.delete, stack.deploy):
        with pytest.raises(DeploymentError, match=r"could not be deleted: Pool .*protection"):
            attempt(fresh)
    assert status(fresh) == "DELETE_FAILED"
    cloud.client("cognito-idp").update_user_pool(UserPoolId=pool, DeletionProtection="INACTIVE")
    assert "UserPoolId" in stack.deploy(fresh)
    assert status(fresh) == "CREATE_COMPLETE"


def test_a_template_of_ones_own(fresh: str, tmp_path: Path) -> None:
    """Without outputs, or with a pool of another name: what is literal of it is mended."""
    template, client = tmp_path / "mine.yaml", cloud.client("cognito-idp")
    template.write_text("Resources: {Queue: {Type: 'AWS::SQS::Queue'}}")
    assert stack.plan(template).values.tolist() == [["AWS::SQS::Queue", 1]]
    assert stack.deploy(template=template, name=fresh) == {}
    template.write_text(
        "Resources:\n"
        "  People:\n"
        "    Type: AWS::Cognito::UserPool\n"
        "    Properties:\n"
        "      AutoVerifiedAttributes: [email]\n"
        "      UserPoolTags: {region: !Ref AWS::Region}\n"
        "Outputs: {Pool: {Value: !Ref People}}\n"
    )
    pool = stack.deploy(template=str(template), name=fresh)["Pool"]
    client.update_user_pool(UserPoolId=pool)
    stack.deploy(template=template, name=fresh)
    described = client.describe_user_pool(UserPoolId=pool)["UserPool"]
    assert described["AutoVerifiedAttributes"] == ["email"]
    template.write_text("Outputs: {}")
    with pytest.raises(DeploymentError, match=r"mine\.yaml is no template"):
        stack.deploy(template=template, name=fresh)


STAGED = """
Parameters:
  Stage: {Type: String}
  Size: {Type: String, Default: small}
Resources:
  Queue: {Type: 'AWS::SQS::Queue'}
Outputs:
  Told: {Value: !Sub '${Stage} ${Size}'}
"""


def test_the_values_of_parameters(fresh: str, tmp_path: Path) -> None:
    template = tmp_path / "mine.yaml"
    template.write_text(STAGED)
    deploy = partial(stack.deploy, fresh, template)
    with pytest.raises(DeploymentError, match=r'stack\.deploy\(…, parameters={"Stage": …}\)$'):
        deploy()
    with pytest.raises(DeploymentError, match='no parameter "stge": did you mean Stage'):
        deploy(parameters={"stge": "test"})
    with pytest.raises(DeploymentError, match=r'no parameter "Colour"\. It has Stage, Size\.'):
        deploy(parameters={"Colour": "red"})
    no_texts: list[Any] = [{"Stage": 1}, "Stage=test"]
    for parameters in no_texts:
        with pytest.raises(DeploymentError, match="texts by their names"):
            deploy(parameters=parameters)
    assert status(fresh) == "none"
    assert deploy(parameters={"Stage": "test"})["Told"] == "test small"
    assert deploy(parameters={"Size": "large"})["Told"] == "test large"
    assert deploy()["Told"] == "test large"
    template.write_text(STAGED.replace("  Size: {Type: String, Default: small}\n", ""))
    template.write_text(template.read_text().replace(" ${Size}", ""))
    assert deploy()["Told"] == "test"
    with pytest.raises(DeploymentError, match="It has none"):
        stack.deploy(fresh, parameters={"Colour": "red"})


SERVERLESS = """
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Runtime: python3.13, CodeUri: hello}
Resources:
  Words:
    Type: AWS::Serverless::LayerVersion
    Properties: {ContentUri: words}
  Hello:
    Type: AWS::Serverless::Function
    Properties: {Handler: app.lambda_handler, Layers: [!Ref Words]}
  Bye:
    Type: AWS::Serverless::Function
    Properties: {Handler: app.lambda_handler, CodeUri: bye/}
Outputs:
  Hello: {Value: !Ref Hello}
  Bye: {Value: !GetAtt Bye.Arn}
"""


def test_a_template_of_sam(fresh: str, tmp_path: Path) -> None:
    """And experiments on what it makes."""
    pytest.importorskip("samtranslator")
    (tmp_path / "template.yaml").write_text(SERVERLESS)
    code = "def lambda_handler(event, context):\n    return '{}'\n"
    files = {
        "hello/app.py": "from words import hello\n\n" + code.replace("'{}'", "hello"),
        "bye/app.py": code.format("bye"),
        "words/python/words.py": "hello = 'hello'\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(text)
    outputs = stack.deploy(fresh, tmp_path / "template.yaml")
    assert invoke(outputs["Hello"], {}).returned == "hello"
    change = partial(experiments.changed, function=outputs["Bye"], folder=tmp_path / "bye")
    with change("app", "bye", "see you"):
        assert invoke(outputs["Bye"], {}).returned == "see you"
    assert invoke(outputs["Bye"], {}).returned == "bye"


def test_what_is_called_code_may_be_code(tmp_path: Path) -> None:
    """AppSync's functions have theirs in the template."""
    kind, code = "AWS::AppSync::FunctionConfiguration", "export const request = () => ({})"
    body = {"Resources": {"Ours": {"Type": kind, "Properties": {"Code": code}}}}
    assert packaging.packaged(body, tmp_path)["Resources"]["Ours"]["Properties"]["Code"] == code
