/** OpenSSL's errors, as Node gives them, in the form of nginx's log lines: `SSL: error:0A00010B:SSL routines::wrong version number`. */

/** What Node puts on errors that come from OpenSSL. */
interface OpensslError extends Error {
  readonly library?: string;
  readonly reason?: string;
  readonly opensslErrorStack?: readonly string[];
}

/** `error:CODE:library:function:reason:file:line:data`, with a thread's number in front while a connection is at work. */
const QUEUE_ENTRY = /error:([0-9A-F]{8}):([^:]*):[^:]*:([^:]*)(?::[^:]*:\d+:(.*))?/s;

/** True for what OpenSSL found, false for what the system said. */
export function isOpensslError(error: Error): boolean {
  return QUEUE_ENTRY.test(error.message) || (error as OpensslError).library !== undefined;
}

/** What nginx prints in parentheses behind the call that failed. */
export function opensslText(error: Error): string {
  const { opensslErrorStack = [] } = error as OpensslError;
  const entries = [error.message, ...opensslErrorStack].map(entryText);
  return `SSL: ${entries.join(" ")}`;
}

/** nginx's line leaves the function, the file and the line empty or out. */
function entryText(message: string): string {
  const found = QUEUE_ENTRY.exec(message);
  if (found === null) return message;
  const [, code, library, reason, detail = ""] = found;
  const data = detail.trim();
  return `error:${code}:${library}::${reason}${data === "" ? "" : `:${data}`}`;
}

/** A file that OpenSSL could not open. `error` is the system's. */
export function fopenText(path: string, error: NodeJS.ErrnoException, systemText: string): string {
  const errno = Math.abs(error.errno ?? 0);
  const code = (0x80000000 + errno).toString(16).toUpperCase();
  const outcome = error.code === "ENOENT" ? "error:10000080:BIO routines::no such file" : "error:10080002:BIO routines::system lib";
  return `SSL: error:${code}:system library::${systemText}:calling fopen(${path}, r) ${outcome}`;
}
