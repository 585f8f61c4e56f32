"""Event source mappings and the settings of asynchronous invocations in CloudFormation."""

from functools import partial

from moto.awslambda.models import lambda_backends
from moto.cloudformation import parsing

from cognito_sandbox.cognito.errors import invalid
from cognito_sandbox.events import invoke_configs, mappings
from cognito_sandbox.events.invoke_configs import ConfigError
from cognito_sandbox.events.mapping import Mapping, MappingError
from cognito_sandbox.patches.function_checks import check_shape
from cognito_sandbox.patches.made import Made, replace
from cognito_sandbox.patches.properties import Properties, tags, typed
from cognito_sandbox.store import functions, needs

NEEDS = (
    "moto.awslambda.models:LambdaBackend.get_function",
    "moto.awslambda.models:lambda_backends",
    "moto.cloudformation.parsing:get_model_map",
)


def install() -> None:
    """Have moto's CloudFormation use these types."""
    needs.check(NEEDS)
    models = parsing.get_model_map()
    for kind in (EventSourceMapping, EventInvokeConfig):
        models[kind.kind] = kind


def function_arn(name: str, account: str, region: str, qualifier: str | None = None) -> str | None:
    """The ARN of a function that is named in one of the ways that Lambda knows."""
    return functions.named(lambda_backends[account][region], name, qualifier)


class EventSourceMapping(Made):
    kind, attributes = "AWS::Lambda::EventSourceMapping", ("Id", "EventSourceMappingArn")
    operation = "CreateEventSourceMapping"

    def __init__(self, mapping: Mapping) -> None:
        super().__init__(mapping.id)
        self.mapping = mapping

    @classmethod
    def _given(cls, resource: Properties) -> Properties:
        """As Lambda's API takes it, where tags are no list."""
        given = typed("lambda", cls.operation, resource["Properties"])
        given |= {"Tags": tags(given["Tags"])} if "Tags" in given else {}
        check_shape(cls.operation, given)
        return given

    def values(self) -> tuple[str, ...]:
        return self.mapping.id, str(self.mapping.described()["EventSourceMappingArn"])

    @classmethod
    def create_from_cloudformation_json(
        cls, name: str, cloudformation_json: Properties, account: str, region: str, **_: object
    ) -> "EventSourceMapping":
        given = cls._given(cloudformation_json)
        function = function_arn(str(given.get("FunctionName")), account, region)
        return cls(mappings.create(function, given))

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: "EventSourceMapping",
        new_resource_name: str,
        cloudformation_json: Properties,
        account_id: str,
        region_name: str,
    ) -> "EventSourceMapping":
        """What the template no longer says is as it was at first."""
        given = cls._given(cloudformation_json)
        before = original_resource.mapping
        position = "StartingPosition"
        same = given.get("EventSourceArn") == before.source_arn
        if not same or given.get(position) != before.settings.get(position):
            where = account_id, region_name
            remove = partial(original_resource.delete, *where)
            create = cls.create_from_cloudformation_json
            return replace(create, new_resource_name, cloudformation_json, where, remove)
        given.pop(position, None)
        function = function_arn(str(given.get("FunctionName")), account_id, region_name)
        mappings.update(before.id, function, mappings.defaults(before) | {"Enabled": True} | given)
        before.tags = given.get("Tags", {})
        return original_resource

    def delete(self, account_id: str, region_name: str) -> None:
        try:
            mappings.delete(self.mapping.id)
        except MappingError as error:
            if error is not mappings.GONE:
                raise


class EventInvokeConfig(Made):
    kind, operation = "AWS::Lambda::EventInvokeConfig", "PutFunctionEventInvokeConfig"

    def __init__(self, place: invoke_configs.Place) -> None:
        super().__init__("|".join(place))
        self.place = place

    @classmethod
    def create_from_cloudformation_json(
        cls, name: str, cloudformation_json: Properties, account: str, region: str, **_: object
    ) -> "EventInvokeConfig":
        given = typed("lambda", cls.operation, cloudformation_json["Properties"])
        qualifier = str(given.pop("Qualifier", "$LATEST"))
        name = str(given.pop("FunctionName"))
        function = function_arn(name, account, region, qualifier)
        if not function:
            raise invalid(f"Function not found: {name}:{qualifier}")
        place = functions.split(function)[0], qualifier
        invoke_configs.put(place, given, keep=False)
        return cls(place)

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: "EventInvokeConfig",
        new_resource_name: str,
        cloudformation_json: Properties,
        account_id: str,
        region_name: str,
    ) -> "EventInvokeConfig":
        made = cls.create_from_cloudformation_json(
            new_resource_name, cloudformation_json, account_id, region_name
        )
        if made.place != original_resource.place:
            original_resource.delete(account_id, region_name)
        return made

    def delete(self, account_id: str, region_name: str) -> None:
        try:
            invoke_configs.delete(self.place)
        except ConfigError as error:
            if error.kind != "ResourceNotFoundException":
                raise
