"""Function URLs in stacks."""

from typing import Any

from moto.awslambda.models import lambda_backends
from moto.cloudformation import parsing

from cognito_sandbox.events.http import function_urls
from cognito_sandbox.events.http.function_urls import FunctionUrl, UrlError
from cognito_sandbox.patches.function_urls import target
from cognito_sandbox.patches.made import Made
from cognito_sandbox.patches.properties import Properties, refuse_unknown
from cognito_sandbox.store import needs

NEEDS = ("moto.awslambda.models:lambda_backends", "moto.cloudformation.parsing:get_model_map")


def install() -> None:
    """Have moto's CloudFormation know AWS::Lambda::Url."""
    needs.check(NEEDS)
    parsing.get_model_map()[Url.kind] = Url


class Url(Made):
    """AWS::Lambda::Url; its reference is the function's ARN."""

    kind, attributes = "AWS::Lambda::Url", ("FunctionArn", "FunctionUrl")
    known = ("AuthType", "Cors", "InvokeMode", "Qualifier", "TargetFunctionArn")

    def __init__(self, url: FunctionUrl) -> None:
        super().__init__(url.function_arn)
        self.url = url

    def values(self) -> tuple[str, ...]:
        return self.url.function_arn, str(self.url.described()["FunctionUrl"])

    @classmethod
    def create_from_cloudformation_json(
        cls, name: str, json: Properties, account: str, region: str, **_: object
    ) -> "Url":
        properties = json["Properties"]
        return cls(function_urls.create(cls.arn(properties, account, region), properties))

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource: "Url", cloudformation_json: Properties, **more: Any
    ) -> "Url":
        properties, url = cloudformation_json["Properties"], original_resource.url
        arn = cls.arn(properties, more["account_id"], more["region_name"])
        if arn == url.function_arn:
            function_urls.update(url, {"Cors": None} | properties)
            return original_resource
        made = cls(function_urls.create(arn, properties))
        function_urls.delete(url)
        return made

    @classmethod
    def arn(cls, properties: Properties, account: str, region: str) -> str:
        """Of what the URL is for."""
        refuse_unknown(cls.kind, properties, cls.known, UrlError)
        name, qualifier = properties["TargetFunctionArn"], properties.get("Qualifier")
        return target(lambda_backends[account][region], name, qualifier)

    def delete(self, account_id: str, region_name: str) -> None:
        function_urls.delete(self.url)
