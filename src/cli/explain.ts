/** `foregate explain URL`: which server and location answer a request, why, and what would be sent upstream. Nothing is sent. */

import { STDERR, STDOUT, writeStandard } from "../process/standard-streams.ts";
import { explainRequest } from "./explain/explain-request.ts";
import { describeUrl, type ExplainedRequest } from "./explain/explained-url.ts";
import { renderExplanation } from "./explain/render-explanation.ts";
import type { ExplainOptions } from "./explain-options.ts";
import { openCommand } from "./open-command.ts";
import { reportDiagnostics } from "./report-diagnostics.ts";

/** Resolves with the exit code: 1 when the configuration has mistakes or nothing listens where the URL points. */
export async function explain(options: ExplainOptions): Promise<number> {
  const request = readRequest(options);
  if (typeof request === "string") return refuse(request);
  const { load, startLog, services } = openCommand({ ...options, errorLog: options.errorLog ?? "stderr" });
  const loaded = load();
  reportDiagnostics(loaded.diagnostics, ["emerg"], startLog);
  if (loaded.snapshot === undefined) return 1;
  const explanation = await explainRequest(loaded.snapshot, request);
  services.release();
  if (typeof explanation === "string") return refuse(explanation);
  const text = options.json ? `${JSON.stringify(explanation, undefined, 2)}\n` : renderExplanation(explanation);
  // Marks of the text form are beyond latin1, what it quotes is bytes: both as UTF-8.
  writeStandard(
    STDOUT,
    Buffer.from(
      text.replace(/[\x80-\xff]+/g, (bytes) => Buffer.from(bytes, "latin1").toString()),
      "utf8",
    ),
  );
  return 0;
}

function readRequest({ url, method, fields }: ExplainOptions): ExplainedRequest | string {
  const described = describeUrl(url);
  if (typeof described === "string") return described;
  return { ...described, method, fields: fields.map(([name, value]) => `${name}: ${value}`) };
}

function refuse(message: string): number {
  writeStandard(STDERR, `foregate: ${message}\n`);
  return 1;
}
