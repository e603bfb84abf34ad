/** Passwords as `htpasswd -B` keeps them: "$2y$", and "$2a$", "$2b$" of other programs (Provos and Mazières, "A Future-Adaptable Password Scheme"). */

import { isUtf8 } from "node:buffer";
import { compare } from "bcryptjs";

const FORMAT = /^\$2[aby]\$(?:0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/;

/** Works in slices of 100 ms at most, between which others have their turn. A password that is not UTF-8 matches nothing. */
export function matchesBcrypt(password: Buffer, stored: string): boolean | Promise<boolean> {
  return FORMAT.test(stored) && isUtf8(password) && compare(password.toString("utf8"), stored);
}
