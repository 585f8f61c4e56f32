"""What a call needs: the actions that IAM asks about, each with the resource it is for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

PREFIXES = {"monitoring": "cloudwatch", "email": "ses"}  # of services that sign by another name


@dataclass(frozen=True)
class Call:
    """A request to a service: the operation and its parameters."""

    service: str  # as the signature names it
    operation: str
    parameters: Mapping[str, Any]
    region: str
    account: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def arn(self, resource: str, service: str = "", region: str | None = None) -> str:
        """The ARN of a resource in the call's account and region; an ARN stays as it is."""
        if resource.startswith("arn:"):
            return resource
        region = self.region if region is None else region
        return f"arn:aws:{service or self.service}:{region}:{self.account}:{resource}"

    def text(self, *names: str) -> str | None:
        """The first of these parameters that is given."""
        found = (self.parameters.get(name) for name in names)
        return next((value for value in found if isinstance(value, str) and value), None)


class Need(NamedTuple):
    """An action, and the ARNs that its resource goes by; none if the sandbox does not know it."""

    action: str
    resources: tuple[str, ...]


Rule = Callable[[Call], list[Need]]


def prefixed(call: Call, operation: str = "") -> str:
    """An operation as policies write it."""
    return f"{PREFIXES.get(call.service, call.service)}:{operation or call.operation}"
