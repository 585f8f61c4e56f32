"""Refresh tokens: used, rotated and revoked. (sign-in contract 6.2, 6.3)"""

from cognito_sandbox import clock
from cognito_sandbox.cognito import clients, devices, pools, tokens, users
from cognito_sandbox.cognito.errors import CognitoError, denied
from cognito_sandbox.cognito.operations import Answer, Parameters, Request, operation
from cognito_sandbox.cognito.tokens import NewTokens, Tokens
from cognito_sandbox.store.model import Client, SignIn, User


def refresh(
    client: Client, token: str, request: Parameters, device_key: str | None = None
) -> Tokens | NewTokens:
    """New tokens, a refresh token among them where the client rotates those."""
    sign_in = _usable(client, token)
    devices.check_refresh(sign_in, device_key)
    if not clients.rotates(client):
        if token != sign_in.refresh_token:
            raise denied("Refresh Token has been revoked")
        return tokens.make(sign_in, client, "RefreshTokens", request)
    with sign_in.lock:
        _take_turn(client, sign_in, token)
        following = tokens.new_refresh_token(sign_in)
    made = tokens.make(sign_in, client, "RefreshTokens", request)
    return {**made, "RefreshToken": following}


def sign_in_of(client: Client, token: str) -> SignIn:
    """What the refresh token stands for."""
    sign_in = tokens.by_refresh_token.get(token)
    if not sign_in or clients.find(sign_in.client_id)[0] is not clients.find(client.id)[0]:
        raise denied("Invalid Refresh Token")
    if sign_in.client_id != client.id:
        raise denied("Refresh Token has different Client")
    return sign_in


def _usable(client: Client, token: str) -> SignIn:
    sign_in = sign_in_of(client, token)
    user = sign_in.user
    if sign_in.pool.users.get(user.username) is not user:
        raise denied("The user has been deleted for the associated refresh token")
    if not user.enabled:
        raise denied("User is disabled.")
    if sign_in.revoked:  # of rotated ones AWS says no more
        raise denied("" if clients.rotates(client) else "Refresh Token has been revoked")
    if clock.now() > sign_in.expires:
        raise denied("Refresh Token has expired")
    return sign_in


def _take_turn(client: Client, sign_in: SignIn, token: str) -> None:
    """The newest token may be used, and for a while the one before it, should its answer be lost.

    That while begins with its first use, and a retry does not prolong it.
    """
    if token == sign_in.refresh_token:
        sign_in.parent_token, sign_in.parent_used = token, clock.now()
        return
    in_time = clock.now() <= sign_in.parent_used + clients.grace(client)
    if token != sign_in.parent_token or not in_time:
        raise CognitoError("RefreshTokenReuseException", "Refresh token reuse detected")


def revoke(sign_in: SignIn) -> None:
    sign_in.revoked = True
    for token in sign_in.access_tokens:
        sign_in.pool.access_tokens.pop(token, None)


def sign_out(user: User) -> None:
    """End all sign-ins of a user."""
    for sign_in in list(user.sign_ins):
        revoke(sign_in)


def _check_client_secret(client: Client, given: str | None) -> None:
    if not client.generate_secret:
        return
    if not given:
        text = f"Client {client.id} is configured for secret but secret was not received"
        raise denied(text)
    if given != client.secret:
        raise denied(f"Unable to verify secret hash for client {client.id}")


@operation
def get_tokens_from_refresh_token(request: Request) -> Answer:
    _, client = clients.find(request["ClientId"])
    _check_client_secret(client, request.get("ClientSecret"))
    token, device_key = request["RefreshToken"], request.get("DeviceKey")
    return {"AuthenticationResult": refresh(client, token, request, device_key)}


@operation
def revoke_token(request: Request) -> None:
    _, client = clients.find(request["ClientId"])
    if client.generate_secret and request.get("ClientSecret") != client.secret:
        raise CognitoError("UnauthorizedException", "Invalid client or secret")
    if client.settings.get("EnableTokenRevocation") is False:
        text = "This feature is not enabled for this client"
        raise CognitoError("UnsupportedOperationException", text)
    token = request["Token"]
    if token.count(".") == 2:
        text = "Only refresh tokens can be revoked, and this is another kind of token."
        raise CognitoError("UnsupportedTokenTypeException", text)
    sign_in = tokens.by_refresh_token.get(token)
    if sign_in and sign_in.client_id == client.id:
        revoke(sign_in)


@operation
def global_sign_out(request: Request) -> None:
    _, _, user = tokens.signed_in(request["AccessToken"])
    sign_out(user)


@operation
def admin_user_global_sign_out(request: Request) -> None:
    pool = pools.find(request["UserPoolId"])
    sign_out(users.get(pool, request["Username"]))


@operation
def admin_disable_user(request: Request) -> None:
    """Enabling the user again does not bring the sign-ins back."""
    user = users.get(pools.find(request["UserPoolId"]), request["Username"])
    user.enabled = False
    sign_out(user)
