/** System errors in the words of the C library, as nginx's log lines have them: `2: No such file or directory`. */

import { getSystemErrorMap } from "node:util";

/** Where libuv's wording is not glibc's but for the first letter. */
const GLIBC_TEXTS: ReadonlyMap<string, string> = new Map([
  ["ENAMETOOLONG", "File name too long"],
  ["EEXIST", "File exists"],
  ["EAFNOSUPPORT", "Address family not supported by protocol"],
  ["EBUSY", "Device or resource busy"],
  ["EISDIR", "Is a directory"],
  ["ELOOP", "Too many levels of symbolic links"],
  ["ENOTSUP", "Operation not supported"],
  ["EADDRINUSE", "Address already in use"],
  ["EADDRNOTAVAIL", "Cannot assign requested address"],
  ["EHOSTUNREACH", "No route to host"],
  ["EIO", "Input/output error"],
  ["EMFILE", "Too many open files"],
  ["ENFILE", "Too many open files in system"],
  ["ENOMEM", "Cannot allocate memory"],
  ["ENOTCONN", "Transport endpoint is not connected"],
  ["ENOENT", "No such file or directory"],
  ["ENXIO", "No such device or address"],
  ["EXDEV", "Invalid cross-device link"],
  ["EPROTOTYPE", "Protocol wrong type for socket"],
  ["ETXTBSY", "Text file busy"],
]);

/** What stands between the parentheses of `open() "x" failed (…)`. Errors that are none of the system's give their message. */
export function describeSystemError(error: NodeJS.ErrnoException): string {
  if (error.errno === undefined || error.code === undefined) return error.message;
  const libuvText = getSystemErrorMap().get(error.errno)?.[1] ?? error.code;
  const text = GLIBC_TEXTS.get(error.code) ?? libuvText.charAt(0).toUpperCase() + libuvText.slice(1);
  return `${-error.errno}: ${text}`;
}
