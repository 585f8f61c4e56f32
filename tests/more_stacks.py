"""A further notebook's stack for tests, as its template deploys it; its roles without a right."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from harness import AGREED, Aws, zipped

from helpers import experiments, stack
from helpers._inner import packaging


@contextmanager
def deployed(aws: Aws, folder: str, **parameters: str) -> Iterator[dict[str, str]]:
    """The stack of the template in this folder of lambda_src/more: its outputs."""
    name, (_, template) = f"more-{uuid.uuid4().hex[:8]}", stack.more(folder)
    body = packaging.read(template)
    aws.client("s3").create_bucket(Bucket=name)
    for resource in body["Resources"].values():
        if resource["Type"] == "AWS::Lambda::Function":
            handler = resource["Properties"]["Code"]
            code = zipped(**{handler: experiments.source(handler).code})
            aws.client("s3").put_object(Bucket=name, Key=handler, Body=code)
            resource["Properties"]["Code"] = {"S3Bucket": name, "S3Key": handler}
    stacks = aws.client("cloudformation")
    given = [{"ParameterKey": key, "ParameterValue": text} for key, text in parameters.items()]
    stacks.create_stack(
        StackName=name, Capabilities=AGREED, TemplateBody=json.dumps(body), Parameters=given
    )
    found = stacks.describe_stacks(StackName=name)["Stacks"][0]["Outputs"]
    yield {each["OutputKey"]: each["OutputValue"] for each in found}
    stacks.delete_stack(StackName=name)


@contextmanager
def without(aws: Aws, function: str, action: str) -> Iterator[None]:
    """For a while, the function's role does not have this right."""
    iam, found = aws.client("iam"), aws.lambdas.get_function_configuration(FunctionName=function)
    role = {"RoleName": found["Role"].rpartition("/")[2]}
    rights = {
        name: json.dumps(iam.get_role_policy(**role, PolicyName=name)["PolicyDocument"])
        for name in iam.list_role_policies(**role)["PolicyNames"]
    }
    ((name, document),) = [each for each in rights.items() if f'"{action}"' in each[1]]
    policy = role | {"PolicyName": name}
    taken = document.replace(f'"{action}"', '"none:Nothing"')
    iam.put_role_policy(**policy, PolicyDocument=taken)
    yield
    iam.put_role_policy(**policy, PolicyDocument=document)


FOLDERS = sorted(path.parent.name for path in packaging.MORE.glob("*/template.yaml"))


def rights(folder: str) -> list[tuple[str, str]]:
    """All that the functions of this template may do: each function's name, with each action."""
    resources = packaging.read(stack.more(folder)[1])["Resources"]
    return [
        (name.removesuffix("Role"), action)
        for name, each in resources.items()
        if each["Type"] == "AWS::IAM::Role"
        for policy in each["Properties"]["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        for action in statement["Action"]
    ]
