/** A file for a request's body, at a path as nginx makes them: `client_body_temp/7/45/0000123457` (nginx: ngx_create_temp_file). */

import { randomInt } from "node:crypto";
import { closeSync, constants, mkdirSync, openSync, unlinkSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { BodyBufferLimits, BufferedBody } from "../request-body.ts";

const NAME_DIGITS = 10;
const NAMES = 10 ** NAME_DIGITS;
const FLAGS = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL;

/** Each process begins elsewhere, so that two seldom want the same name. */
let lastNumber = randomInt(NAMES);

export class TempFile {
  /** latin1, as all paths. */
  readonly path: string;
  private readonly fd: number;
  /** The file has a name that is to go with it. */
  private readonly isRemoved: boolean;
  private length = 0;
  private isOpen = true;

  /** Throws the system's error when the directory cannot be written to. */
  constructor({ tempPath, tempLevels, file }: BodyBufferLimits) {
    const opened = openNew(tempPath, tempLevels);
    this.path = opened.path;
    this.fd = opened.fd;
    this.isRemoved = file === "removed after the request";
    if (file === "when needed") unlinkSync(systemPath(this.path));
  }

  append(chunk: Buffer): void {
    for (let written = 0; written < chunk.length; ) written += writeSync(this.fd, chunk, written);
    this.length += chunk.length;
  }

  asBody(): BufferedBody {
    return { length: this.length, memory: undefined, fd: this.fd, path: this.path };
  }

  /** Throws the system's error when a file that is to be removed cannot be. One that has been moved away is its new owner's. */
  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    closeSync(this.fd);
    if (!this.isRemoved) return;
    try {
      unlinkSync(systemPath(this.path));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
}

function openNew(directory: string, levels: readonly number[]): { readonly path: string; readonly fd: number } {
  for (;;) {
    const path = `${directory}/${levelled(nextName(), levels)}`;
    try {
      return { path, fd: levels.length === 0 ? openSync(systemPath(path), FLAGS, 0o600) : openBelow(path) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

/** Makes the directories of its levels where they are missing. */
function openBelow(path: string): number {
  try {
    return openSync(systemPath(path), FLAGS, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    mkdirSync(systemPath(dirname(path)), { recursive: true, mode: 0o700 });
    return openSync(systemPath(path), FLAGS, 0o600);
  }
}

function nextName(): string {
  lastNumber = (lastNumber + 1) % NAMES;
  return String(lastNumber).padStart(NAME_DIGITS, "0");
}

/** The last digits of a name are its directory, those before them the one inside it. */
export function levelled(name: string, levels: readonly number[]): string {
  let path = "";
  let end = name.length;
  for (const digits of levels) {
    path += `${name.slice(end - digits, end)}/`;
    end -= digits;
  }
  return path + name;
}

function systemPath(path: string): Buffer {
  return Buffer.from(path, "latin1");
}
