"""A template as it is read: from a text or a bucket, with the parameters that others keep."""

import json
from typing import Any
from urllib.parse import urlsplit

import yaml
from moto.cloudformation import responses, utils
from moto.cloudformation.exceptions import ValidationError
from moto.s3.models import s3_backends
from moto.ssm.models import ssm_backends

from cognito_sandbox.patches import template_references

NEEDS = (
    "moto.cloudformation.responses:get_stack_from_s3_url",
    "moto.cloudformation.utils:yaml_tag_constructor",
    "moto.s3.models:s3_backends",
    "moto.ssm.models:ssm_backends",
)
LOOPBACK = ("127.0.0.1", "localhost", "::1")
fetch_elsewhere = responses.get_stack_from_s3_url


class TemplateLoader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms, such as !Ref, and without Python's objects."""


def _short_form(loader: TemplateLoader, name: str, node: yaml.Node) -> Any:
    return utils.yaml_tag_constructor(loader, f"!{name}", node)


TemplateLoader.add_multi_constructor("!", _short_form)


def load(template: str, Loader: Any = None) -> dict[str, Any]:  # noqa: N803
    """JSON is YAML, too, but as such the tutorials' stack takes 13 ms, not 0.03, twice a call."""
    try:
        return checked(json.loads(template))
    except (ValueError, TypeError):
        pass
    try:
        return checked(yaml.load(template or "", TemplateLoader))
    except yaml.YAMLError as error:
        raise _not_well_formed(error) from None


def checked(template: Any) -> dict[str, Any]:
    """A template is an object, and so are its parts."""
    if not isinstance(template, dict):
        raise ValidationError(message="Template format error: unsupported structure.")
    resources = template.get("Resources")
    if not isinstance(resources, dict) or not resources:
        text = "Template format error: At least one Resources member must be defined."
        raise ValidationError(message=text)
    for name, resource in resources.items():
        if not isinstance(resource, dict) or not isinstance(resource.get("Type"), str):
            text = f"Template format error: [/Resources/{name}] Every Resources object must contain"
            raise ValidationError(message=f"{text} a Type member.")
    template_references.check_sections(template)
    for name, parameter in template.get("Parameters", {}).items():
        if not isinstance(parameter, dict) or not isinstance(parameter.get("Type"), str):
            text = f"Template format error: [/Parameters/{name}] Every Parameters object must "
            raise ValidationError(message=f"{text}contain a Type member.")
    return template


def _not_well_formed(error: yaml.YAMLError) -> ValidationError:
    mark = getattr(error, "problem_mark", None)
    where = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
    return ValidationError(message=f"Template format error: YAML not well-formed.{where}")


def fetch(template_url: str, account_id: str, partition: str) -> str:
    """A template in a bucket of the sandbox, by its address here or by AWS's."""
    address = urlsplit(template_url)
    if address.hostname not in LOOPBACK:
        return str(fetch_elsewhere(template_url, account_id, partition))
    bucket, _, key = address.path.lstrip("/").partition("/")
    content = s3_backends[account_id][partition].get_object(bucket, key)
    if content is None:
        raise ValidationError(message=f"S3 error: The specified key does not exist: {key}")
    return str(content.value.decode())


def read_parameter(resources: Any, value: str, value_type: str) -> Any:
    """What Systems Manager keeps under this name."""
    backend = ssm_backends[resources._account_id][resources._region_name]
    found = backend.get_parameter(value)
    if found is None:
        text = f"Unable to fetch parameters [{value}] from parameter store for this account."
        raise ValidationError(message=text)
    return found.value.split(",") if "List" in value_type else found.value
