// One call a line, as JSON, from standard input; what came of it, in one line of standard output.
import { createInterface } from "node:readline";

const { call } = await import(process.argv[2]);
for await (const line of createInterface({ input: process.stdin })) {
  let told;
  try {
    told = { result: (await call(...JSON.parse(line))) ?? null };
  } catch (error) {
    told = { error: error.name ?? error.code, message: error.message };
  }
  console.log(JSON.stringify(told));
}
