"""A further notebook's stack for tests, as its template deploys it."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from harness import Aws, zipped

from helpers import experiments, stack
from helpers._inner import packaging


@contextmanager
def deployed(aws: Aws, folder: str) -> Iterator[dict[str, str]]:
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
    stacks.create_stack(StackName=name, TemplateBody=json.dumps(body))
    found = stacks.describe_stacks(StackName=name)["Stacks"][0]["Outputs"]
    yield {each["OutputKey"]: each["OutputValue"] for each in found}
    stacks.delete_stack(StackName=name)
