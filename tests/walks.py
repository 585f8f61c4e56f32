"""Every setting that an operation takes, by AWS's own description of it, with values to send."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import botocore.session
from botocore.model import ListShape, MapShape, Shape, StructureShape

from cognito_sandbox.door import java_patterns

ACCOUNT = "us-east-1:123456789012"
ARN = f"arn:aws:lambda:{ACCOUNT}:function:any"
SAMPLES: dict[str, list[Any]] = {  # where not any text will do
    "AllowedOAuthScopes": [["openid"]],
    "Arn": [f"arn:aws:elasticfilesystem:{ACCOUNT}:access-point/fsap-{'0' * 17}"],
    "CallbackURLs": [["https://example.com/in"]],
    "CapacityProviderArn": [f"arn:aws:lambda:{ACCOUNT}:capacity-provider:a"],
    "CodeSigningConfigArn": [f"arn:aws:lambda:{ACCOUNT}:code-signing-config:csc-{'0' * 17}"],
    "DefaultRedirectURI": ["https://example.com/in"],
    "LocalMountPath": ["/mnt/a"],
    "LogoutURLs": [["https://example.com/out"]],
    "RuntimeArn": [f"arn:aws:lambda:{ACCOUNT}:runtime/any"],
    "SecurityGroupIds": [["sg-1"]],
    "SubnetIds": [["subnet-1"]],
    "SupportedIdentityProviders": [["COGNITO"]],
}
BESIDE: dict[str, dict[str, Any]] = {  # what must stand there as well
    "DefaultRedirectURI": {"CallbackURLs": ["https://example.com/in"]},
}
TEXTS = ("{####}{##x##}", "name", "a@example.com", "https://example.com", "cognito:default")
IDENTIFIERS = {"UserPoolId", "ClientId"}


@cache
def shape_of(operation: str, service: str = "cognito-idp") -> StructureShape:
    model = botocore.session.get_session().get_service_model(service)
    shape = model.operation_model(operation).input_shape
    assert isinstance(shape, StructureShape)
    return shape


def structure(shape: Shape) -> StructureShape | None:
    """The structure that a setting is, or is a list of."""
    inner = shape.member if isinstance(shape, ListShape) else shape
    return inner if isinstance(inner, StructureShape) else None


def paths(shape: StructureShape, above: str = "") -> Iterator[str]:
    for name, member in shape.members.items():
        below = structure(member)
        if below:
            yield from paths(below, f"{above}{name}.")
        elif above or name not in IDENTIFIERS:
            yield above + name


def samples(shape: Shape, name: str = "") -> list[Any]:
    """Values that botocore would send."""
    if name in SAMPLES:
        return SAMPLES[name]
    if isinstance(shape, StructureShape):
        return [{n: samples(shape.members[n], n)[0] for n in shape.required_members}]
    if isinstance(shape, ListShape):
        return [[value] for value in samples(shape.member)]
    if isinstance(shape, MapShape):
        return [{samples(shape.key)[0]: samples(shape.value)[0]}]
    least = int(shape.metadata.get("min", 0))
    if shape.type_name != "string":
        return [False, True] if shape.type_name == "boolean" else [least, least + 5]
    if name.endswith(("Arn", "ARN")) or "arn" in str(shape.metadata.get("pattern", "")):
        return [ARN]
    if shape.metadata.get("enum"):
        return list(shape.metadata["enum"])
    texts = [text.ljust(least, "x") for text in TEXTS]
    pattern = shape.metadata.get("pattern", ".*")
    return [next((text for text in texts if java_patterns.matches(pattern, text)), texts[0])]


def with_setting(shape: StructureShape, path: str) -> Iterator[dict[str, Any]]:
    """Settings that have this one, with what must stand beside it: once for each of its values."""
    name, _, rest = path.partition(".")
    member = shape.members[name]
    below = structure(member)
    values = with_setting(below, rest) if rest and below else iter(samples(member, name))
    beside = samples(shape)[0] | BESIDE.get(name, {})
    for value in values:
        yield beside | {name: [value] if rest and isinstance(member, ListShape) else value}


def listed(table: dict[str, str], path: str) -> str | None:
    """The nearest entry for the path."""
    parts = path.split(".")
    heads = (".".join(parts[:end]) for end in range(len(parts), 0, -1))
    return next((head for head in heads if head in table), None)
