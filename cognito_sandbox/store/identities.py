"""moto's roles and users, and the policies that they have."""

import json
import re
from collections.abc import Iterable
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from cognito_sandbox.iam import sessions, trust
from cognito_sandbox.iam.decisions import Policies
from cognito_sandbox.iam.needs import Call
from cognito_sandbox.iam.principals import Principal, facts
from cognito_sandbox.iam.sessions import Session

PARTITION = "aws"
ROLE = re.compile(r"arn:aws:iam::\d{12}:role/.+")
_roles: dict[str, Any] = {}  # those that were looked up: looking means going through all


def assumable(role: str, service: str) -> bool:
    """Does the role exist, and does it trust this service?"""
    found = _role(role)
    return found is not None and trust.trusts(
        found.assume_role_policy_document, service, found.account_id
    )


def distrust(caller: Principal, call: Call) -> str | None:
    """AWS's sentence, if the role that the caller would assume does not trust it."""
    arn = call.text("RoleArn") or ""
    role = _role(arn)
    document = role.assume_role_policy_document if role else "{}"
    facts = caller.facts_for(call.region)
    facts["sts:externalid"] = call.text("ExternalId")
    facts["sts:rolesessionname"] = call.text("RoleSessionName")
    return trust.refusal(document, arn, caller, facts)


def of_session(session: Session) -> Principal:
    """The role session of a function; a role that is gone allows nothing."""
    role = _role(session.role)
    tags, role_id = _tags(role), role.id if role else ""
    identity = f"{role_id}:{session.function}"
    known = facts(session.role, session.account, "AssumedRole", identity, tags)
    known["lambda:sourcefunctionarn"] = session.function_arn
    policies = _policies([role], role) if role else Policies(())
    return Principal(session.arn, session.account, policies, known, session)


def of_function(role: str, function_arn: str) -> Principal:
    """A function's role, for what Lambda does in its name."""
    name = function_arn.split(":")[6]
    return of_session(sessions.Session(role, name, function_arn, "", "", ""))


def role_id(role: str) -> str:
    found = _role(role)
    return str(found.id) if found else "AROA"


def of_key(access_key: str) -> Principal | None:
    """The user or the assumed role whose key was made in the sandbox."""
    for assumed in sts_backends[DEFAULT_ACCOUNT_ID][PARTITION].assumed_roles:
        if assumed.access_key_id == access_key:
            return _of_assumed(assumed)
    backend = iam_backends[DEFAULT_ACCOUNT_ID][PARTITION]
    key = backend.access_keys.get(access_key)
    user = backend.users.get(key.user_name) if key is not None and key.user_name else None
    if user is None:
        return None
    groups = backend.get_groups_for_user(user.name)
    known = facts(user.arn, DEFAULT_ACCOUNT_ID, "User", user.id, _tags(user))
    return Principal(user.arn, DEFAULT_ACCOUNT_ID, _policies([user, *groups], user), known)


def user_id(access_key: str) -> str:
    """As IAM knows whoever holds the key; the account, if that is nobody in particular."""
    session = sessions.find(access_key)
    principal = of_session(session) if session else of_key(access_key)
    return str(principal.facts["aws:userid"]) if principal else str(DEFAULT_ACCOUNT_ID)


def _of_assumed(assumed: Any) -> Principal:
    role = _role(assumed.role_arn)
    account, tags = assumed.account_id, _tags(role)
    known = facts(assumed.role_arn, account, "AssumedRole", assumed.user_id, tags)
    policies = _policies([role], role) if role else Policies(())
    return Principal(assumed.arn, account, policies, known)


def _role(arn: str) -> Any | None:
    if not ROLE.fullmatch(arn):
        return None
    backend = iam_backends[arn.split(":")[4]][PARTITION]
    known = _roles.get(arn)
    if known is None or backend.roles.get(known.id) is not known:
        known = next((each for each in list(backend.roles.values()) if each.arn == arn), None)
        _roles[arn] = known
    return known


def _policies(holders: Iterable[Any], bounded: Any) -> Policies:
    documents = []
    for holder in holders:
        documents += [_text(each) for each in list(holder.policies.values())]
        documents += [_default(each) for each in list(holder.managed_policies.values())]
    return Policies(tuple(documents), _boundary(bounded))


def _boundary(bounded: Any) -> str | None:
    """The document of the boundary; one that is gone allows nothing."""
    arn = bounded.permissions_boundary_arn if hasattr(bounded, "permissions_boundary_arn") else None
    if not arn:
        return None
    policy = iam_backends[bounded.account_id][PARTITION].managed_policies.get(arn)
    return _default(policy) if policy else "{}"


def _default(policy: Any) -> str:
    return _text(next(each.document for each in policy.versions if each.is_default))


def _text(document: str | dict[str, Any]) -> str:
    return document if isinstance(document, str) else json.dumps(document, default=str)


def _tags(holder: Any) -> dict[str, str]:
    tags = getattr(holder, "tags", None) or {}
    values = tags.values() if isinstance(tags, dict) else tags
    return {each["Key"]: each["Value"] for each in values}
