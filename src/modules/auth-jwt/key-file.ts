/** `auth_jwt_key_file`: keys from a file, read again when it has changed. */

import type { ChangingFiles } from "../../http/files/changing-files.ts";
import type { RequestContext } from "../../http/request-context.ts";
import type { Evaluate } from "../../http/template.ts";
import { describeSystemError } from "../../log/system-error.ts";
import type { KeySet } from "./key-set.ts";
import { type KeySource, NoKeys } from "./key-sources.ts";

export class KeyFile implements KeySource {
  private readonly path: Evaluate;
  private readonly files: ChangingFiles<KeySet | SyntaxError>;
  private readonly cacheMs: number;

  constructor(path: Evaluate, files: ChangingFiles<KeySet | SyntaxError>, cacheMs: number) {
    this.path = path;
    this.files = files;
    this.cacheMs = cacheMs;
  }

  read(r: RequestContext): KeySet | NoKeys {
    const path = this.path(r);
    const keys = this.files.read(path, this.cacheMs);
    if (keys instanceof SyntaxError) return new NoKeys(`key file "${path}" is refused: ${keys.message}`);
    return keys instanceof Error ? new NoKeys(`open() "${path}" failed (${describeSystemError(keys)})`) : keys;
  }
}
