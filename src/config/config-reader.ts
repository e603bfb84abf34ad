/** The only two questions that reading a configuration asks of the file system; tests answer them from memory. */

import { readdirSync, readFileSync } from "node:fs";

export interface ConfigReader {
  /** A file's bytes as latin1 text, or why it cannot be had, in nginx's words. */
  readonly read: (path: string) => { readonly text: string } | { readonly failure: string };
  /** Names in a directory, in any order; undefined when it cannot be listed. */
  readonly list: (directory: string) => readonly string[] | undefined;
}

/** Reads real files. Paths are latin1, as everywhere in a configuration. */
export const fileReader: ConfigReader = {
  read: (path) => {
    try {
      return { text: readFileSync(Buffer.from(path, "latin1"), "latin1") };
    } catch (error) {
      return { failure: failureOf(path, error) };
    }
  },
  list: (directory) => {
    try {
      return readdirSync(Buffer.from(directory, "latin1"), "latin1");
    } catch {
      // As glob(3): what cannot be listed matches nothing.
      return undefined;
    }
  },
};

/** libc's text for the errors that opening a file meets. */
const SYSTEM_MESSAGES: Readonly<Record<string, string>> = {
  ENOENT: "2: No such file or directory",
  EACCES: "13: Permission denied",
  ENOTDIR: "20: Not a directory",
  EISDIR: "21: Is a directory",
  EMFILE: "24: Too many open files",
  ENAMETOOLONG: "36: File name too long",
  ELOOP: "40: Too many levels of symbolic links",
};

function failureOf(path: string, error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  // Node opens a directory for reading and fails at the read, as nginx does.
  const call = code === "EISDIR" ? "pread()" : "open()";
  return `${call} "${path}" failed (${SYSTEM_MESSAGES[code] ?? (error instanceof Error ? error.message : String(error))})`;
}
