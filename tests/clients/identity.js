// amazon-cognito-identity-js, unchanged: its callbacks, each as what came of the call.
import {
  AuthenticationDetails,
  CognitoUser,
  CognitoUserAttribute,
  CognitoUserPool,
} from "amazon-cognito-identity-js";

const HEARD = [
  "customChallenge",
  "inputVerificationCode",
  "mfaRequired",
  "mfaSetup",
  "newPasswordRequired",
  "selectMFAType",
  "totpRequired",
];
let pool, user;

/** For methods that take an object of callbacks: which one was called. */
function heard(method) {
  return new Promise((resolve, reject) => {
    const callbacks = HEARD.map((name) => [name, () => resolve(name)]);
    method({
      ...Object.fromEntries(callbacks),
      associateSecretCode: resolve,
      onFailure: reject,
      onSuccess: (value) => resolve(value?.data ?? value?.devices ?? value ?? "onSuccess"),
    });
  });
}

/** For methods that take one callback, as Node has it. */
function answered(method) {
  return new Promise((resolve, reject) =>
    method((error, result) => (error ? reject(error) : resolve(result))),
  );
}

const list = (attributes) =>
  Object.entries(attributes).map(([Name, Value]) => new CognitoUserAttribute({ Name, Value }));

const calls = {
  configure: (settings) => void (pool = new CognitoUserPool(settings)),
  become: (Username) => void (user = new CognitoUser({ Username, Pool: pool })),
  signUp: (name, password, attributes) =>
    answered((done) => pool.signUp(name, password, list(attributes), null, done)),
  authenticateUser: (flow, Password) => {
    user.setAuthenticationFlowType(flow);
    const details = new AuthenticationDetails({ Username: user.getUsername(), Password });
    return heard((on) => user.authenticateUser(details, on));
  },
  initiateAuth: () => {
    user.setAuthenticationFlowType("CUSTOM_AUTH");
    const details = new AuthenticationDetails({ Username: user.getUsername() });
    return heard((on) => user.initiateAuth(details, on));
  },
  sendMFACode: (code, type) => heard((on) => user.sendMFACode(code, on, type)),
  completeNewPasswordChallenge: (password) =>
    heard((on) => user.completeNewPasswordChallenge(password, {}, on)),
  listDevices: () => heard((on) => user.listDevices(10, null, on)),
  refreshSession: () =>
    answered((done) =>
      user.refreshSession(user.getSignInUserSession().getRefreshToken(), done),
    ),
  updateAttributes: (attributes) =>
    answered((done) => user.updateAttributes(list(attributes), done)),
  signOut: () => answered((done) => user.signOut(done)),
};
const WITH_ONE_CALLBACK = [
  "changePassword",
  "confirmRegistration",
  "deleteAttributes",
  "deleteUser",
  "disableMFA",
  "enableMFA",
  "getMFAOptions",
  "getSession",
  "getUserAttributes",
  "getUserData",
  "resendConfirmationCode",
  "setUserMfaPreference",
];

export async function call(name, ...given) {
  if (calls[name]) return calls[name](...given);
  return WITH_ONE_CALLBACK.includes(name)
    ? answered((done) => user[name](...given, done))
    : heard((on) => user[name](...given, on));
}
