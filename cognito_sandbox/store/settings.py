"""The settings of user pools and app clients that the sandbox acts on, by AWS's names."""

from typing import TypedDict


class PasswordPolicy(TypedDict, total=False):
    MinimumLength: int
    RequireUppercase: bool
    RequireLowercase: bool
    RequireNumbers: bool
    RequireSymbols: bool
    TemporaryPasswordValidityDays: int


class SignInPolicy(TypedDict, total=False):
    AllowedFirstAuthFactors: list[str]


class Policies(TypedDict, total=False):
    PasswordPolicy: PasswordPolicy
    SignInPolicy: SignInPolicy


class InviteMessageTemplate(TypedDict, total=False):
    SMSMessage: str
    EmailMessage: str
    EmailSubject: str


class AdminCreateUserConfig(TypedDict, total=False):
    AllowAdminCreateUserOnly: bool
    InviteMessageTemplate: InviteMessageTemplate
    UnusedAccountValidityDays: int


class RecoveryOption(TypedDict):
    Priority: int
    Name: str


class AccountRecoverySetting(TypedDict, total=False):
    RecoveryMechanisms: list[RecoveryOption]


class PreTokenGenerationConfig(TypedDict):
    LambdaVersion: str
    LambdaArn: str


class LambdaConfig(TypedDict, total=False):
    """The ARN of each trigger's function, by the trigger's name, and what is set in other ways."""

    KMSKeyID: str
    PreTokenGenerationConfig: PreTokenGenerationConfig


class EmailConfiguration(TypedDict, total=False):
    EmailSendingAccount: str


class UserAttributeUpdateSettings(TypedDict, total=False):
    AttributesRequireVerificationBeforeUpdate: list[str]


class UsernameConfiguration(TypedDict):
    CaseSensitive: bool


class DeviceConfiguration(TypedDict, total=False):
    ChallengeRequiredOnNewDevice: bool
    DeviceOnlyRememberedOnUserPrompt: bool


class PoolSettings(TypedDict, total=False):
    AccountRecoverySetting: AccountRecoverySetting
    AdminCreateUserConfig: AdminCreateUserConfig
    AliasAttributes: list[str]
    AutoVerifiedAttributes: list[str]
    DeletionProtection: str
    DeviceConfiguration: DeviceConfiguration
    EmailConfiguration: EmailConfiguration
    EmailVerificationMessage: str
    EmailVerificationSubject: str
    LambdaConfig: LambdaConfig
    Policies: Policies
    SmsConfiguration: dict[str, str]
    SmsAuthenticationMessage: str
    SmsVerificationMessage: str
    UserAttributeUpdateSettings: UserAttributeUpdateSettings
    UsernameAttributes: list[str]
    UserPoolTier: str
    UsernameConfiguration: UsernameConfiguration


class TokenValidityUnits(TypedDict, total=False):
    AccessToken: str
    IdToken: str
    RefreshToken: str


class RefreshTokenRotation(TypedDict, total=False):
    Feature: str
    RetryGracePeriodSeconds: int


class ClientSettings(TypedDict, total=False):
    AccessTokenValidity: int
    AuthSessionValidity: int
    ClientName: str
    EnableTokenRevocation: bool
    ExplicitAuthFlows: list[str]
    IdTokenValidity: int
    PreventUserExistenceErrors: str
    ReadAttributes: list[str]
    RefreshTokenRotation: RefreshTokenRotation
    RefreshTokenValidity: int
    TokenValidityUnits: TokenValidityUnits
    WriteAttributes: list[str]
