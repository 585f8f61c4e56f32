"""What handlers of triggers may answer: the types that the code relies on, and checks answers by.

A null stands for "not set" everywhere, and what is not named here is not looked at.

(contract 4, 6)
"""

from functools import cache
from typing import TypedDict, get_args, get_origin, get_type_hints, is_typeddict


class GroupOverride(TypedDict, total=False):
    groupsToOverride: list[str] | None
    iamRolesToOverride: list[str] | None
    preferredRole: str | None


class Claims(TypedDict, total=False):
    claimsToAddOrOverride: dict[str, object] | None
    claimsToSuppress: list[str] | None


class AccessClaims(Claims, total=False):
    scopesToAdd: list[str] | None
    scopesToSuppress: list[str] | None


class ClaimsOverride(TypedDict, total=False):
    """Of the trigger's first version: claims of the ID token, and only texts."""

    claimsToAddOrOverride: dict[str, str] | None
    claimsToSuppress: list[str] | None
    groupOverrideDetails: GroupOverride | None


class ClaimsAndScopeOverride(TypedDict, total=False):
    idTokenGeneration: Claims | None
    accessTokenGeneration: AccessClaims | None
    groupOverrideDetails: GroupOverride | None


class Response(TypedDict, total=False):
    answerCorrect: bool | None
    autoConfirmUser: bool | None
    autoVerifyEmail: bool | None
    autoVerifyPhone: bool | None
    challengeMetadata: str | None
    challengeName: str | None
    claimsAndScopeOverrideDetails: ClaimsAndScopeOverride | None
    claimsOverrideDetails: ClaimsOverride | None
    desiredDeliveryMediums: list[str] | None
    emailMessage: str | None
    emailSubject: str | None
    enableSMSMFA: bool | None
    failAuthentication: bool | None
    finalUserStatus: str | None
    forceAliasCreation: bool | None
    issueTokens: bool | None
    messageAction: str | None
    privateChallengeParameters: dict[str, str] | None
    publicChallengeParameters: dict[str, str] | None
    smsMessage: str | None
    userAttributes: dict[str, str] | None


def fits(value: object, kind: object = Response) -> bool:
    """Is the value of this kind?"""
    if kind is object:
        return True
    if is_typeddict(kind):
        parts = _parts(kind)
        return isinstance(value, dict) and all(
            fits(value[n], parts[n]) for n in parts & value.keys()
        )
    of = get_args(kind)
    if get_origin(kind) is list:
        return isinstance(value, list) and all(fits(each, of[0]) for each in value)
    if get_origin(kind) is dict:
        return isinstance(value, dict) and all(fits(each, of[1]) for each in value.values())
    if of:
        return any(fits(value, each) for each in of)
    return isinstance(kind, type) and isinstance(value, kind)


_parts = cache(get_type_hints)
