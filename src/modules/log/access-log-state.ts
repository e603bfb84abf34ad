/** What one snapshot's access logs share: formats by name and files by path, each compiled or opened once. */

import type { Span } from "../../config/source.ts";
import type { TemplateVariable } from "../../config/template-text.ts";
import type { Scope } from "../../http/module.ts";
import type { RequestContext } from "../../http/request-context.ts";
import type { LogBuffering, LogFile } from "../../log/log-file.ts";
import { describeSystemError } from "../../log/system-error.ts";
import type { AccessLogPlace } from "./access-log-setting.ts";
import { COMBINED, compileLogFormat, type LogFormat } from "./log-format.ts";

type RenderLine = (r: RequestContext) => string;

/** Changes while the snapshot is compiled, never afterwards. */
export class AccessLogState {
  private readonly formats = new Map<string, LogFormat>([[COMBINED.name, COMBINED]]);
  private readonly renders = new Map<string, RenderLine>();
  private readonly files = new Map<string, { readonly file: LogFile | undefined; buffering: LogBuffering | undefined }>();

  /** False when the name is taken. */
  addFormat(format: LogFormat): boolean {
    if (this.formats.has(format.name)) return false;
    this.formats.set(format.name, format);
    return true;
  }

  formatNames(): readonly string[] {
    return [...this.formats.keys()];
  }

  /** Compiles every format, used or not, so that unknown variables are reported as nginx does. */
  compileFormats(scope: Scope): void {
    if (this.renders.size > 0) return;
    // nginx: names are told apart by case and found without; the first in the file is found. Backwards, it is written last.
    for (const format of [...this.formats.values()].reverse()) {
      this.renders.set(
        format.name.toLowerCase(),
        compileLogFormat(format, {
          readerOf: (variable) => scope.template(templateOf(variable)).evaluate,
          isBuiltIn: (name) => scope.variables.isBuiltIn(name),
        }),
      );
    }
  }

  render(name: string): RenderLine | undefined {
    return this.renders.get(name.toLowerCase());
  }

  /** A file, opened once a snapshot. A path that cannot be opened, or is buffered in two ways, is reported at `span`. */
  open({ path, buffering }: FilePlace, span: Span | undefined, scope: Scope): LogFile | undefined {
    const full = fullPath(path, scope.paths.prefix);
    const known = this.files.get(full);
    if (known === undefined) {
      const file = openFile(full, buffering, span, scope);
      this.files.set(full, { file, buffering });
      return file;
    }
    if (buffering === undefined || isSame(buffering, known.buffering)) return known.file;
    if (known.buffering !== undefined) {
      report(scope, span, "conflicting-log", `access_log "${path}" already defined with conflicting parameters`);
      return undefined;
    }
    // nginx: the buffer belongs to the file, wherever it is asked for.
    known.buffering = buffering;
    return known.file === undefined ? undefined : scope.services.logFiles.open(full, buffering);
  }
}

type FilePlace = Extract<AccessLogPlace, { readonly kind: "file" }>;

function openFile(path: string, buffering: LogBuffering | undefined, span: Span | undefined, scope: Scope): LogFile | undefined {
  try {
    return scope.services.logFiles.open(path, buffering);
  } catch (error) {
    report(scope, span, "cannot-open-log", `open() "${path}" failed (${describeSystemError(error as NodeJS.ErrnoException)})`);
    return undefined;
  }
}

function report(scope: Scope, span: Span | undefined, code: string, message: string): void {
  scope.report({ level: "emerg", code, message, ...(span === undefined ? {} : { span }) });
}

function isSame(left: LogBuffering, right: LogBuffering | undefined): boolean {
  return right !== undefined && left.bytesMax === right.bytesMax && left.flushMs === right.flushMs && left.gzipLevel === right.gzipLevel;
}

function fullPath(path: string, prefix: string): string {
  return path.startsWith("/") ? path : prefix + path;
}

function templateOf(variable: TemplateVariable) {
  return { text: `$${variable.variable}`, span: variable.span, parts: [variable] };
}
