// Amplify, unchanged, each of its functions by name: the same in Node and on a page.
import { Amplify } from "aws-amplify";
import * as auth from "aws-amplify/auth";

export async function call(name, input) {
  if (name === "configure") return Amplify.configure(input);
  return auth[name](input);
}
