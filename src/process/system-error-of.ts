/** Makes an error of the number that libuv returned. */

import { getSystemErrorMap } from "node:util";

/** `errno` is negative: -98 for EADDRINUSE. */
export function systemErrorOf(errno: number): NodeJS.ErrnoException {
  const [code, text] = getSystemErrorMap().get(errno) ?? ["UNKNOWN", "unknown error"];
  return Object.assign(new Error(`${code}: ${text}`), { code, errno });
}
