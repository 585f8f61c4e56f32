"""A user pool under test: its triggers, its users, and the mail that they got."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from cognito_sandbox import pool_settings
from cognito_sandbox.testing import (
    calls,
    challenges,
    code,
    lambda_config,
    passwords,
    people,
    triggers,
)
from cognito_sandbox.testing.access import Access
from cognito_sandbox.testing.answers import Answers
from cognito_sandbox.testing.app_client import AppClient
from cognito_sandbox.testing.code import Source
from cognito_sandbox.testing.errors import TestingError
from cognito_sandbox.testing.people import Message, SignedIn, SignedUp, User
from cognito_sandbox.testing.triggers import Statement, Trigger

__tracebackhide__ = True  # a failing test shows its own line, and no password that was passed on


class UserPool(AppClient):
    """A pool with one app client. A method that Cognito refuses raises boto3's own error."""

    def __init__(self, sandbox: Access, pool_id: str, arn: str, client_id: str) -> None:
        super().__init__(sandbox, client_id)
        self.id, self.arn = pool_id, arn
        self.triggers: list[Trigger] = []
        self._answers = Answers(
            self.call, sandbox.clock.now, self.code, self._password, self.secrets
        )

    def __repr__(self) -> str:
        return f"<user pool {self.id}>"

    def __enter__(self) -> "UserPool":
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()

    def trigger(
        self,
        name: str,
        source: Source,
        *,
        handler: str | None = None,
        environment: Mapping[str, str] | None = None,
        policy: Statement | Sequence[Statement] = (),
        layers: Sequence[str | Path] = (),
        timeout: int = 3,
        version: str | None = None,
    ) -> Trigger:
        """Have Cognito run this code: a file, a folder, a zip, or a function of a module.

        Its role may write logs; `policy` adds statements. `version` is PreTokenGeneration's.
        """
        lambda_config.check(self.client, name, version)
        packed = code.package(source, handler, self.sandbox.folders)
        made = triggers.make(self.sandbox, name, packed, environment or {}, policy, layers, timeout)
        self.triggers.append(made)
        lambda_config.set_trigger(self.client, self.id, name, made.arn, version, lambda: self.key)
        return made

    @cached_property
    def key(self) -> str:
        """The ARN of the key for a sender's codes: the pool's, or one that is made for it."""
        pool = self.client.describe_user_pool(UserPoolId=self.id)["UserPool"]
        known = pool.get("LambdaConfig", {}).get(pool_settings.KEY)
        return str(known or self.sandbox.client("kms").create_key()["KeyMetadata"]["Arn"])

    def sign_up(
        self,
        name: str,
        /,
        password: str | None = None,
        *,
        client_metadata: Mapping[str, str] | None = None,
        validation_data: Mapping[str, str] | None = None,
        **attributes: str,
    ) -> SignedUp:
        """Sign a new user up, with a password that is made up unless there is one."""
        password = password or passwords.made()
        answer = self.call(
            "sign_up",
            ClientId=self.client_id,
            Username=name,
            Password=self._keep(name, password),
            UserAttributes=_listed(attributes),
            **({"ValidationData": _listed(validation_data)} if validation_data else {}),
            **self._common(name, client_metadata),
        )
        sent = answer.get("CodeDeliveryDetails", {}).get("Destination")
        return SignedUp(name, answer["UserSub"], answer["UserConfirmed"], sent)

    def add(self, name: str, /, password: str | None = None, **attributes: str) -> User:
        """A confirmed user, as an administrator makes one; an e-mail address is verified."""
        password = password or passwords.made()
        if "email" in attributes:
            attributes = {"email_verified": "true"} | attributes
        known = {"UserPoolId": self.id, "Username": name}
        told = {"UserAttributes": _listed(attributes), "MessageAction": "SUPPRESS"}
        self.call("admin_create_user", **known, **told)
        kept = self._keep(name, password)
        self.call("admin_set_user_password", **known, Password=kept, Permanent=True)
        return self.user(name)

    def confirm(
        self,
        name: str,
        code: str | None = None,
        *,
        client_metadata: Mapping[str, str] | None = None,
    ) -> None:
        """Confirm a sign-up, with the code that was sent last unless there is one."""
        self.call(
            "confirm_sign_up",
            ClientId=self.client_id,
            Username=name,
            ConfirmationCode=code or self.code(name),
            **self._common(name, client_metadata),
        )

    def resend(self, name: str) -> None:
        """Have the code for a sign-up sent again."""
        self.call(
            "resend_confirmation_code",
            ClientId=self.client_id,
            Username=name,
            **self._common(name),
        )

    def sign_in(
        self,
        name: str,
        password: str | None = None,
        *,
        flow: str = "USER_PASSWORD_AUTH",
        client_metadata: Mapping[str, str] | None = None,
    ) -> SignedIn:
        """Sign in; the result has tokens, or the challenge that comes first."""
        challenges.check_flow(flow)
        known = {"USERNAME": name} | self._hash(name, "SECRET_HASH")
        if flow == "USER_PASSWORD_AUTH":
            known["PASSWORD"] = self._keep(name, password or self._password(name))
        more = {"ClientMetadata": dict(client_metadata)} if client_metadata else {}
        answer = self.call(
            "initiate_auth", ClientId=self.client_id, AuthFlow=flow, AuthParameters=known, **more
        )
        return self._signed_in(name, answer)

    def respond(
        self,
        step: SignedIn,
        *,
        client_metadata: Mapping[str, str] | None = None,
        **responses: str,
    ) -> SignedIn:
        """Answer a challenge, such as respond(step, ANSWER="blue").

        Without an answer, it is the user's: the code that was sent, or that an authenticator app
        shows (which is set up where Cognito asks for that), or a new password. Whoever chooses
        ANSWER="PASSWORD" gives the password that is remembered, unless there is another.
        """
        people.check_step("respond", step)
        if step.challenge is None:
            raise TestingError(f"{step.username} is signed in: there is no challenge to answer.")
        if responses:
            responses = self._answers.completed(step, responses)
        else:
            step, responses = self._answers.to(step)
        for name in {"PASSWORD", "NEW_PASSWORD"} & responses.keys():
            self._keep(step.username, responses[name])
        self.secrets |= set(responses.values()) - set(step.available)
        name = step.parameters.get("USER_ID_FOR_SRP", step.username)
        answer = self.call(
            "respond_to_auth_challenge",
            ClientId=self.client_id,
            ChallengeName=step.challenge,
            Session=step.session,
            ChallengeResponses={"USERNAME": name} | self._hash(name, "SECRET_HASH") | responses,
            **({"ClientMetadata": dict(client_metadata)} if client_metadata else {}),
        )
        return self._signed_in(step.username, answer)

    def use_authenticator(self, tokens: SignedIn) -> None:
        """Give a user who is signed in an authenticator app, to be asked for from now on."""
        people.check_step("use_authenticator", tokens)
        access = {"AccessToken": tokens.there(tokens.access_token)}
        self._answers.set_up(str(tokens.claims["cognito:username"]), **access)
        enabled = {"Enabled": True, "PreferredMfa": True}
        self.call("set_user_mfa_preference", SoftwareTokenMfaSettings=enabled, **access)

    def refresh(self, tokens: SignedIn) -> SignedIn:
        """New tokens, by the refresh token; a new one of those, too, where they rotate."""
        people.check_step("refresh", tokens)
        answer = self.call(
            "get_tokens_from_refresh_token",
            ClientId=self.client_id,
            RefreshToken=tokens.there(tokens.refresh_token),
            **({"ClientSecret": self._client_secret} if self._client_secret else {}),
        )
        return self._signed_in(tokens.username, answer, tokens.refresh_token)

    def forgot(self, name: str) -> None:
        """Have a code sent with which a new password can be set (see `reset`)."""
        self.call("forgot_password", ClientId=self.client_id, Username=name, **self._common(name))

    def reset(self, name: str, code: str | None = None, password: str | None = None) -> None:
        """Set a new password, made up unless there is one, with the code that was sent last."""
        chosen = password or passwords.made()
        self.secrets.add(chosen)
        self.call(
            "confirm_forgot_password",
            ClientId=self.client_id,
            Username=name,
            ConfirmationCode=code or self.code(name),
            Password=chosen,
            **self._common(name),
        )
        self._keep(name, chosen)

    def user(self, name: str) -> User:
        """The user as the pool has it now."""
        found = self.call("admin_get_user", UserPoolId=self.id, Username=name)
        attributes = {each["Name"]: each["Value"] for each in found["UserAttributes"]}
        factors = tuple(found.get("UserMFASettingList", ()))
        return User(found["Username"], found["UserStatus"], found["Enabled"], attributes, factors)

    def delete(self, name: str) -> None:
        """Delete a user."""
        self.call("admin_delete_user", UserPoolId=self.id, Username=name)

    def mail(self, name: str | None = None) -> list[Message]:
        """Mail and text messages to this user or to all, oldest first."""
        query: dict[str, Any] = {"username": name} if name else {}
        names = Message.__dataclass_fields__
        sent = self.sandbox.ask("mail", user_pool_id=self.id, **query)
        return [Message(**{key: each[key] for key in names}) for each in sent]

    def code(self, name: str) -> str:
        """The code that was sent to this user last."""
        sent = [message.code for message in self.mail(name) if message.code]
        if not sent:
            raise TestingError(
                f"No code was sent to {name}. Was the sign-up confirmed at once, is there no "
                "attribute that is to be verified (AutoVerifiedAttributes), or has the pool a "
                "CustomEmailSender, which gets the code instead?"
            )
        return sent[-1]

    def remove(self) -> None:
        """Delete the pool with its users, and the functions that were made for it."""
        with suppress(self.exceptions.ResourceNotFoundException):  # the test has deleted it
            calls.delete_pool(self.client, self.id)
        for trigger in self.triggers:
            trigger.delete()


def _listed(attributes: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in attributes.items()]
