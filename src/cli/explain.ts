/** `foregate explain URL`: which server and location answer a request, why, and what would be sent upstream. Nothing is sent or written. */

import { loadConfig } from "../boot/load-config.ts";
import { displayText } from "../config/display-text.ts";
import { STDERR, STDOUT, writeStandard } from "../process/standard-streams.ts";
import { type ErrorListener, type ExplainedRequest, explainRequest } from "./explain/explain-request.ts";
import { readUrl } from "./explain/explained-url.ts";
import type { Explanation } from "./explain/explanation.ts";
import { renderExplanation } from "./explain/render-explanation.ts";
import { silenceLogs } from "./explain/silent-services.ts";
import type { ExplainOptions } from "./explain-options.ts";
import { openCommand } from "./open-command.ts";
import { asBytes } from "./options.ts";
import { reportDiagnostics } from "./report-diagnostics.ts";

/** Resolves with the exit code: 1 when the configuration has mistakes or nothing listens where the URL points. */
export async function explain(options: ExplainOptions): Promise<number> {
  const request = readRequest(options);
  if (typeof request === "string") return refuse(request);
  const { conf, paths, services, startLog } = openCommand({ ...options, errorLog: options.errorLog ?? "stderr" });
  let onError: ErrorListener = () => {};
  const silent = silenceLogs(services, (level, message) => onError(level, message));
  const { diagnostics, snapshot } = loadConfig({ path: conf, paths, commandLine: options.directives, services: silent });
  reportDiagnostics(diagnostics, ["emerg"], startLog);
  if (snapshot === undefined) return 1;
  const explanation = await explainRequest(snapshot, request, (listener) => {
    onError = listener;
  });
  await services.release();
  if (typeof explanation === "string") return refuse(explanation);
  writeStandard(STDOUT, options.json ? renderJson(explanation) : renderExplanation(explanation, asBytes(process.cwd())));
  return 0;
}

function readRequest({ url, method, fields }: ExplainOptions): ExplainedRequest | string {
  const read = readUrl(url);
  if (typeof read === "string") return read;
  return { ...read, method, fields: fields.map(([name, value]) => `${name}: ${value}`) };
}

/** JSON has no bytes: they are read as the UTF-8 that they mostly are. */
function renderJson(explanation: Explanation): string {
  const decode = (_key: string, value: unknown): unknown => (typeof value === "string" ? Buffer.from(value, "latin1").toString() : value);
  return `${JSON.stringify(explanation, decode, 2)}\n`;
}

function refuse(message: string): number {
  writeStandard(STDERR, `${displayText(`foregate: ${message}`)}\n`);
  return 1;
}
