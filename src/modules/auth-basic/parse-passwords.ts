/** The content of a password file (nginx: ngx_http_auth_basic_module, auth_basic_user_file). */

/** The stored passwords by user name. */
export type Passwords = ReadonlyMap<string, string>;

/** Lines `user:password` or `user:password:comment`; the first of a user counts, lines that begin with "#" do not. */
export function parsePasswords(text: string): Passwords {
  const passwords = new Map<string, string>();
  for (const line of text.split("\n")) {
    const colon = line.indexOf(":");
    if (colon <= 0 || line.startsWith("#") || line.startsWith("\r")) continue;
    const user = line.slice(0, colon);
    if (!passwords.has(user)) passwords.set(user, line.slice(colon + 1).split(/[:\r]/, 1)[0] ?? "");
  }
  return passwords;
}
