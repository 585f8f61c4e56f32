"""moto's Lambda functions as its CloudFormation makes and updates them."""

import base64
from typing import Any

from moto.awslambda import models

from cognito_sandbox.lambdas.progress import Progress
from cognito_sandbox.patches import function_checks

NEEDS = (
    "moto.awslambda.models:LambdaFunction._create_zipfile_from_plaintext_code",
    "moto.awslambda.models:LambdaFunction.create_from_cloudformation_json",
    "moto.awslambda.models:LambdaFunction.update_from_cloudformation_json",
)
Settings = dict[str, Any]  # as templates name them
DEFAULTS: Settings = {
    "Description": "",
    "Environment": {"Variables": {}},
    "Layers": [],
    "LoggingConfig": {},
    "MemorySize": 128,
    "Timeout": 3,
}
BESIDE = ("EphemeralStorage", "Layers", "LoggingConfig")  # what moto's templates leave out


class InStacks(models.LambdaFunction):  # type: ignore[misc]
    """A Lambda function as a template says."""

    progress: Progress

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Settings, *rest: object, **more: object
    ) -> "InStacks":
        properties = cloudformation_json["Properties"]
        function_checks.refuse_without_effect(properties)
        function: InStacks = super().create_from_cloudformation_json(
            resource_name, cloudformation_json, *rest, **more
        )
        function.update_configuration({key: properties[key] for key in BESIDE if key in properties})
        tags = properties.get("Tags") or []
        function.tags = {tag["Key"]: tag["Value"] for tag in tags}
        function.progress.settle()  # before that, CloudFormation does not call it made
        return function

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource: "InStacks", cloudformation_json: Settings, **_: object
    ) -> "InStacks":
        """moto takes inline code for base64 here, and keeps what the template no longer says."""
        properties = cloudformation_json["Properties"]
        code = dict(properties["Code"])
        if "ZipFile" in code:
            zipped = cls._create_zipfile_from_plaintext_code(code["ZipFile"])
            code["ZipFile"] = base64.b64encode(zipped)
        original_resource.update_configuration(DEFAULTS | properties)
        original_resource.update_function_code(code)
        original_resource.progress.settle()
        return original_resource
