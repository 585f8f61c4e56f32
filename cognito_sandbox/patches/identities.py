"""moto's IAM and STS: AWS's own policies, roles whole in stacks, and who a function is."""

import functools
import json
from collections.abc import Callable
from typing import Any, cast

from moto.core.utils import get_service_model
from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.exceptions import MalformedPolicyDocument, ValidationError
from moto.iam.models import AWSManagedPolicy, IAMBackend, Role, iam_backends
from moto.iam.policy_validation import IAMPolicyDocumentValidator
from moto.iam.responses import IamResponse
from moto.sts.models import STSBackend

from cognito_sandbox.door.parameters import violations
from cognito_sandbox.iam import resource_policies, sessions
from cognito_sandbox.store import identities, needs

OF_AWS = "arn:aws:iam::aws:policy/"
NAMING_POLICIES = (
    *("attach_group_policy", "attach_role_policy", "attach_user_policy", "create_role"),
    *("create_user", "get_policy", "get_policy_version", "list_policy_versions"),
    "put_role_permissions_boundary",
)
Method = Callable[..., Any]  # one of moto's, of whatever signature
Properties = dict[str, Any]  # of a resource in a template
NEEDS = (
    *(f"moto.iam.models:IAMBackend.{name}" for name in (*NAMING_POLICIES, "list_policies")),
    "moto.iam.models:AWSManagedPolicy.from_data",
    "moto.iam.models:Role.create_from_cloudformation_json",
    "moto.iam.models:Role.delete_from_cloudformation_json",
    "moto.iam.models:Role.put_policy",
    "moto.iam.models:Role.update_from_cloudformation_json",
    "moto.iam.models:iam_backends",
    "moto.iam.policy_validation:IAMPolicyDocumentValidator.validate",
    *(f"moto.iam.responses:IamResponse.{name}" for name in NAMING_POLICIES),
    "moto.sts.models:STSBackend.get_caller_identity",
)
_complete: list[dict[str, object]] = []  # the accounts for which all of AWS's policies were read


def install() -> None:
    """From now on, moto knows these."""
    needs.check(NEEDS)
    for name in NAMING_POLICIES:
        setattr(IAMBackend, name, _with_policies_of_aws(getattr(IAMBackend, name)))
        setattr(IamResponse, name, _checked(name, getattr(IamResponse, name)))
    IAMBackend.list_policies = _with_all_policies_of_aws(IAMBackend.list_policies)
    STSBackend.get_caller_identity = _knowing_functions(STSBackend.get_caller_identity)
    Role.put_policy = _as_text(Role.put_policy)
    Role.create_from_cloudformation_json = classmethod(_create_role)
    Role.update_from_cloudformation_json = classmethod(_update_role)
    Role.delete_from_cloudformation_json = classmethod(_delete_role)


def _checked(name: str, answer: Method) -> Method:
    """Held against AWS's description first."""
    operation = "".join(part.capitalize() for part in name.split("_"))

    def check_and_answer(response: IamResponse) -> object:
        shape = get_service_model("iam").operation_model(operation).input_shape
        problem = violations(shape, response.params)
        if problem:
            raise ValidationError(problem)
        trust = response.params.get("AssumeRolePolicyDocument")
        if trust is not None and not resource_policies.is_one(trust):
            raise MalformedPolicyDocument(resource_policies.NONE)
        return answer(response)

    return check_and_answer


def _with_policies_of_aws(method: Method) -> Method:
    """AWS has 1,500 policies: six megabytes, of which those are read that somebody names."""

    @functools.wraps(method)
    def named(backend: IAMBackend, *values: object, **more: object) -> object:
        for arn in (*values, *more.values()):
            if isinstance(arn, str) and arn.startswith(OF_AWS):
                _add(backend, arn)
        return method(backend, *values, **more)

    return named


def _with_all_policies_of_aws(method: Method) -> Method:
    @functools.wraps(method)
    def listed(backend: IAMBackend, *values: object) -> object:
        marker, _, only_attached, _, scope = values
        if marker is not None and not str(marker).isdecimal():
            raise ValidationError("Invalid Marker.")
        if scope != "Local" and not only_attached and backend not in _complete:
            _complete.append(backend)
            for name, data in json.loads(aws_managed_policies_data).items():
                _keep(backend, name, data)
        return method(backend, *values)

    return listed


def _add(backend: IAMBackend, arn: str) -> None:
    name = arn.rpartition("/")[2]
    if arn in backend.managed_policies:
        return
    key = f'\n "{name}":'
    at = aws_managed_policies_data.find(key)
    if at >= 0:
        data, _ = json.JSONDecoder().raw_decode(aws_managed_policies_data, at + len(key))
        _keep(backend, name, data)


def _keep(backend: IAMBackend, name: str, data: Properties) -> None:
    policy = AWSManagedPolicy.from_data(name, backend.account_id, backend.region_name, data)
    if policy.arn not in backend.managed_policies:
        backend.managed_policies[policy.arn] = policy
        backend.aws_managed_policies.append(policy)


def _knowing_functions(method: Method) -> Method:
    @functools.wraps(method)
    def identity(backend: IAMBackend, access_key_id: str, region: str) -> tuple[str, str, str]:
        session = sessions.find(access_key_id)
        if session is None:
            return cast(tuple[str, str, str], method(backend, access_key_id, region))
        user_id = f"{identities.role_id(session.role)}:{session.function}"
        return user_id, session.arn, session.account

    return identity


def _as_text(method: Method) -> Method:
    """A stack brings its policies as objects; the API takes and gives them as text."""

    @functools.wraps(method)
    def put(role: Role, name: str, document: object) -> None:
        method(role, name, _text(document))

    return put


def _text(document: object) -> str:
    return document if isinstance(document, str) else json.dumps(document, default=str)


def _check_documents(properties: Properties) -> None:
    """As CreateRole and PutRolePolicy do: moto takes any of a stack. SAM writes no version."""
    if not resource_policies.is_one(_text(properties["AssumeRolePolicyDocument"])):
        raise MalformedPolicyDocument(resource_policies.NONE)
    for each in properties.get("Policies", []):
        whole = {"Version": resource_policies.VERSIONS[-1]} | each["PolicyDocument"]
        IAMPolicyDocumentValidator(_text(whole)).validate()


_create = Role.create_from_cloudformation_json.__func__
_delete = Role.delete_from_cloudformation_json.__func__


def _create_role(
    cls: type, /, name: str, given: Properties, *rest: object, **more: object
) -> object:
    _check_documents(given["Properties"])
    role = _create(cls, name, given, *rest, **more)
    _attach(role, given["Properties"])
    return role


def _update_role(
    cls: type,
    /,
    original_resource: Role,
    new_resource_name: str,
    cloudformation_json: Properties,
    account_id: str,
    region_name: str,
) -> object:
    """moto updates the description, and nothing that decides what the role may do."""
    role, properties = original_resource, cloudformation_json["Properties"]
    _check_documents(properties)
    named = properties.get("RoleName", role.name), properties.get("Path", "/")
    if named != (role.name, role.path):
        place = cloudformation_json, account_id, region_name
        made = _create_role(cls, new_resource_name, *place)
        _delete_role(cls, role.name, *place)
        return made
    role.tags = properties.get("Tags", [])
    role.assume_role_policy_document = _text(properties["AssumeRolePolicyDocument"])
    role.description = properties.get("Description", "")
    role.max_session_duration = properties.get("MaxSessionDuration", 3600)
    role.permissions_boundary_arn = properties.get("PermissionsBoundary", "")
    for name in role.stack_policies & role.policies.keys():
        role.delete_policy(name)
    for arn in role.stack_attached & role.managed_policies.keys():
        role.managed_policies[arn].detach_from(role)
    for policy in properties.get("Policies", []):
        role.put_policy(policy["PolicyName"], policy["PolicyDocument"])
    _attach(role, properties)
    return role


def _delete_role(cls: type, /, name: str, given: Properties, *rest: object, **more: object) -> None:
    account_id = more.get("account_id") or rest[0]
    for role in [
        each for each in iam_backends[account_id]["aws"].roles.values() if each.name == name
    ]:
        for policy in list(role.managed_policies.values()):
            policy.detach_from(role)
    _delete(cls, name, given, *rest, **more)


def _attach(role: Role, properties: Properties) -> None:
    """What the stack gave the role is told from what others gave it when the stack changes."""
    role.stack_policies = {each["PolicyName"] for each in properties.get("Policies", [])}
    role.stack_attached = set(properties.get("ManagedPolicyArns", []))
    for arn in role.stack_attached - role.managed_policies.keys():
        iam_backends[role.account_id][role.partition].attach_role_policy(arn, role.name)
