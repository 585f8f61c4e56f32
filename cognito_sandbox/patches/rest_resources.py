"""AWS::ApiGateway in CloudFormation: moto makes some of it, and changes and removes nothing."""

from moto.cloudformation import parsing

from cognito_sandbox.patches import rest_import, rest_resource
from cognito_sandbox.patches.rest_methods import Method, Resource, RestApi
from cognito_sandbox.patches.rest_stages import Authorizer, Deployment, Stage
from cognito_sandbox.store import needs

NEEDS = (
    "moto.apigateway.models:APIGatewayBackend.create_deployment",
    "moto.apigateway.models:APIGatewayBackend.create_resource",
    "moto.apigateway.models:APIGatewayBackend.create_stage",
    "moto.apigateway.models:APIGatewayBackend.put_integration",
    "moto.apigateway.models:APIGatewayBackend.put_integration_response",
    "moto.apigateway.models:APIGatewayBackend.put_method",
    "moto.cloudformation.parsing:get_model_map",
)
PREFIX = "AWS::ApiGateway::"


def install() -> None:
    """Have moto's CloudFormation use these types."""
    needs.check((*NEEDS, *rest_import.NEEDS, *rest_resource.NEEDS))
    models = parsing.get_model_map()
    for resource in (Authorizer, Deployment, Method, Resource, RestApi, Stage):
        models[f"{PREFIX}{resource.kind}"] = resource
