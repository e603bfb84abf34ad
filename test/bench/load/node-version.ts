/** Which Node a binary is. */
import { execFileSync } from "node:child_process";

/** The major version of the Node binary at `path`. */
export function nodeMajorOf(path: string): number {
  const version = execFileSync(path, ["--version"], { encoding: "latin1" });
  return Number(/^v(\d+)\./.exec(version)?.[1]);
}
