/**
 * Runs a table of raw requests against nginx and against foregate on one configuration and compares the answers.
 * DIFFERENTIAL_PRINT=1 prints nginx's answers; FOREGATE_STAND_IN=nginx compares nginx with itself.
 */

import { afterAll, beforeAll, expect, test } from "vitest";
import { type Answer, fieldOf } from "../harness/answers.ts";
import { type OracleName, requireOracle } from "../harness/oracle.ts";
import type { ExchangeOptions, Step } from "../harness/raw-client.ts";
import type { RunningServer, ServerOptions } from "../harness/running-server.ts";
import { standInIsNginx, startForegate } from "../harness/start-foregate.ts";
import { startNginx } from "../harness/start-nginx.ts";
import { differenceSlugs } from "./difference-slugs.ts";
import { maskText } from "./mask-text.ts";

export interface Row extends Pick<ExchangeOptions, "answers" | "halfClose" | "portName" | "timeoutMs"> {
  /** A sentence, unique in its table. */
  readonly name: string;
  readonly request: string | readonly Step[];
  /** What is compared besides the status: all fields, the body and the connection's fate unless said otherwise. */
  readonly compare?: { readonly fields?: readonly string[]; readonly body?: boolean; readonly close?: boolean };
  /** A slug of docs/differences.md: the answers must then differ. */
  readonly differs?: string;
  /** Foregate's status in a row that differs; 0 stands for no answer. */
  readonly ours?: number;
}

export interface Table extends ServerOptions {
  readonly name: string;
  readonly rows: readonly Row[];
  /** Started before the servers; its result fills placeholders of the configuration. */
  readonly origins?: () => Promise<{ readonly values: Readonly<Record<string, number>>; stop(): Promise<void> }>;
  /** What is needed besides nginx. */
  readonly needs?: readonly OracleName[];
  /** Lines of [crit] and above that both servers are right to write. */
  readonly claims?: readonly RegExp[];
}

interface Observed {
  readonly answers: readonly object[];
  readonly rest: string;
  readonly end?: string;
}

/** Defines one test a row. Both servers start once a table. */
export function compareRows(table: Table): void {
  const slugs = differenceSlugs();
  requireOracle("nginx", ...(table.needs ?? []))(table.name, () => {
    let nginx: RunningServer;
    let foregate: RunningServer;
    let stopOrigins: (() => Promise<void>) | undefined;

    beforeAll(async () => {
      const origins = await table.origins?.();
      stopOrigins = origins?.stop;
      const options = { ...table, values: { ...table.values, ...origins?.values } };
      nginx = await startNginx(options);
      foregate = await startForegate(options);
      for (const server of [nginx, foregate]) for (const claim of table.claims ?? []) server.claim(claim);
    });
    afterAll(async () => {
      await stopOrigins?.();
    });

    test.each(table.rows)("$name", async (row) => {
      const theirs = await observe(nginx, row);
      if (process.env["DIFFERENTIAL_PRINT"] === "1") process.stdout.write(`${describeRow(table, row, theirs)}\n`);
      // nginx may hang where we differ: that is one of the reasons to differ.
      if (row.differs === undefined) expect(theirs.end, "nginx gave no end").not.toBe("timeout");
      const ours = await observe(foregate, row);
      if (row.differs === undefined) {
        expect(ours).toEqual(theirs);
        return;
      }
      expect(slugs, "docs/differences.md has no such section").toContain(row.differs);
      if (standInIsNginx) return;
      if (row.ours !== undefined) expect((ours.answers[0] as { status?: number } | undefined)?.status ?? 0).toBe(row.ours);
      expect(ours, "a stale entry: nothing differs").not.toEqual(theirs);
    });
  });
}

async function observe(server: RunningServer, row: Row): Promise<Observed> {
  const result = await server.exchange(row.request, row);
  const mask = (text: string): string => maskText(text, server);
  const end = row.compare?.close === false && result.end !== "timeout" ? {} : { end: result.end === "reset" ? "closed" : result.end };
  return { answers: result.answers.map((answer) => seen(answer, row, mask)), rest: mask(result.rest), ...end };
}

/** A page that names the server is as much longer as the name is. */
function isNamedLength(name: string, answer: Answer): boolean {
  if (name.toLowerCase() !== "content-length") return false;
  const isHeadOfPage =
    answer.framing === "none" && fieldOf(answer, "content-type") === "text/html" && fieldOf(answer, "last-modified") === undefined;
  return isHeadOfPage || maskText(answer.body, { dir: "\0", ports: new Map() }) !== answer.body;
}

function seen(answer: Answer, row: Row, mask: (text: string) => string): object {
  const wanted = row.compare?.fields?.map((name) => name.toLowerCase());
  const fields = answer.fields
    .filter(([name]) => wanted === undefined || wanted.includes(name.toLowerCase()))
    .map(([name, value]) => [name, name.toLowerCase() === "date" ? "masked" : isNamedLength(name, answer) ? "masked length" : mask(value)]);
  // The order of different fields means nothing (RFC 9110 section 5.3); that of equal names does, and the sort is stable.
  fields.sort(([a = ""], [b = ""]) => (a < b ? -1 : a > b ? 1 : 0));
  const body = row.compare?.body === false ? {} : { body: mask(answer.body) };
  return { version: answer.version, status: answer.status, reason: answer.reason, framing: answer.framing, fields, ...body };
}

function describeRow(table: Table, row: Row, observed: Observed): string {
  const answers = observed.answers.map((answer) => {
    const { status, fields, body } = answer as { status: number; fields: string[][]; body?: string };
    const kept = fields.filter(([name]) => !/^(?:server|date|connection|content-length)$/i.test(name ?? ""));
    return `${status} ${kept.map((field) => field.join("=")).join(" ")} ${JSON.stringify(body?.slice(0, 90) ?? "")}`;
  });
  return `${table.name} | ${row.name} | ${answers.join(" || ")} | ${observed.end ?? ""}${observed.rest === "" ? "" : ` rest=${observed.rest}`}`;
}
