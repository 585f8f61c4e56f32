"""What moto asks of a resource that a stack has made: each type that the sandbox supplies."""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, TypeVar

from cognito_sandbox.patches.properties import Properties

Resource = TypeVar("Resource")


class Made:
    """A resource, by its physical id; for most, that is also the one attribute that they have."""

    kind: ClassVar[str]
    attributes: ClassVar[tuple[str, ...]] = ()  # that Fn::GetAtt may ask for

    def __init__(self, physical_id: str) -> None:
        self.physical_resource_id = physical_id

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return attr in cls.attributes

    def get_cfn_attribute(self, attribute_name: str) -> str:
        return dict(zip(self.attributes, self.values(), strict=True))[attribute_name]

    def values(self) -> tuple[str, ...]:
        """Of the attributes, in their order."""
        return (self.physical_resource_id,)

    def is_created(self) -> bool:
        return True


class Replaced(Made):
    """A type of which every change makes another in its place."""

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: Any,
        new_resource_name: str,
        cloudformation_json: Properties,
        account_id: str,
        region_name: str,
    ) -> Any:
        where = account_id, region_name
        remove = partial(original_resource.delete, *where)
        create: Callable[..., Any] = cls.create_from_cloudformation_json  # type: ignore[attr-defined]
        return replace(create, new_resource_name, cloudformation_json, where, remove)


def replace(
    create: Callable[..., Resource],
    name: str,
    resource: Properties,
    where: tuple[str, str],
    remove: Callable[[], object],
) -> Resource:
    """Make another in the place of one, which goes unless the template keeps it."""
    made = create(name, resource, *where)
    if resource.get("UpdateReplacePolicy") != "Retain":
        remove()
    return made
