/** Runs one configuration of test/real-configs/configs under nginx and under foregate and compares what visitors get. */

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { maskText } from "../differential/mask-text.ts";
import { type Answer, fieldOf } from "../harness/answers.ts";
import { type FakeUwsgi, startFakeUwsgi, type UwsgiRequest } from "../harness/fake-uwsgi.ts";
import { requireOracle } from "../harness/oracle.ts";
import { type Origin, type OriginRequest, startOrigin } from "../harness/origin.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { startNginx } from "../harness/start-nginx.ts";
import type { PrefixFiles } from "../harness/temporary-prefix.ts";
import { askTls } from "../harness/tls-client.ts";
import { type Backends, filesOf, moveToPrefix } from "./move-to-prefix.ts";
import type { SitePem } from "./site-pem.ts";

/** A request as a visitor makes it: the URL says where it goes. */
export interface Visit {
  readonly url: string;
  readonly method?: string;
  readonly fields?: readonly string[];
  readonly body?: string;
  /** Both end the connection without an answer. */
  readonly isSilent?: boolean;
}

export interface Site {
  /** Of the file in configs/, without ".conf". */
  readonly name: string;
  readonly files?: PrefixFiles;
  readonly backends?: Backends;
  readonly visits: readonly (string | Visit)[];
  /** Lines of [crit] and above that both servers are right to write. */
  readonly claims?: readonly RegExp[];
}

/** What `Backends` stand for; "NOTHING" is a port on which nobody listens. */
interface StandIns {
  readonly http: Origin;
  readonly uwsgi: FakeUwsgi;
  readonly nothing: number;
}

/** Defines one test a visit. Both servers start once a site. */
export function compareSites(sites: readonly Site[], pem: SitePem): void {
  let standIns: StandIns;
  beforeAll(async () => {
    standIns = await startStandIns();
  });
  afterAll(() => Promise.all([standIns.http.stop(), standIns.uwsgi.stop()]));
  for (const site of sites) compareSite(site, pem, () => standIns);
}

function compareSite(site: Site, pem: SitePem, standIns: () => StandIns): void {
  requireOracle("nginx")(site.name, () => {
    let nginx: RunningServer;
    let foregate: RunningServer;
    beforeAll(async () => {
      const written = readFileSync(new URL(`configs/${site.name}.conf`, import.meta.url), "utf8");
      const conf = moveToPrefix(written, site.backends ?? {});
      const { http, uwsgi, nothing } = standIns();
      const values = { HTTP: http.port, UWSGI: uwsgi.port, NOTHING: nothing };
      const options = { conf, values, files: { ...filesOf(conf, pem), ...site.files } };
      nginx = await startNginx(options);
      foregate = await startForegate(options);
      for (const server of [nginx, foregate]) for (const claim of site.claims ?? []) server.claim(claim);
    });
    afterAll(async () => {
      await nginx?.stop();
      await foregate?.stop();
    });

    const visits = site.visits.map((visit) => (typeof visit === "string" ? { url: visit } : visit));
    test.each(visits.map((visit) => [titleOf(visit), visit] as const))("%s", async (_title, visit) => {
      const theirs = await answerOf(nginx, visit);
      expect(await answerOf(foregate, visit)).toEqual(theirs);
      expect(theirs === "no answer").toBe(visit.isSilent === true);
    });
  });
}

function titleOf({ method = "GET", url, fields = [] }: Visit): string {
  return [`${method} ${url}`, ...fields].join(", ");
}

async function answerOf(server: RunningServer, visit: Visit): Promise<object | "no answer"> {
  const url = new URL(visit.url);
  const isTls = url.protocol === "https:";
  const port = server.port(url.port === "" ? (isTls ? "443" : "80") : url.port);
  const request = textOf(visit, url);
  const answer = isTls
    ? (await askTls({ port, servername: url.hostname, request })).answer
    : (await server.exchange(request, { portName: url.port === "" ? "80" : url.port })).answers[0];
  return answer === undefined ? "no answer" : seen(answer, server);
}

/** The target is sent as it is written: URL would normalise it. */
function textOf({ method = "GET", url, fields = [], body = "" }: Visit, { host }: URL): string {
  const target = /^\w+:\/\/[^/]*(.*)$/.exec(url)?.[1] ?? "/";
  const length = body === "" ? [] : [`Content-Length: ${body.length}`];
  return `${[`${method} ${target} HTTP/1.1`, `Host: ${host}`, ...fields, ...length, "Connection: close"].join("\r\n")}\r\n\r\n${body}`;
}

/** What is left of an answer when the time and the server's name, ports and directory do not count. */
function seen(answer: Answer, server: RunningServer): object {
  const isPacked = fieldOf(answer, "content-encoding") === "gzip" && answer.body !== "";
  const plain = isPacked ? gunzipSync(Buffer.from(answer.body, "latin1")).toString("latin1") : answer.body;
  const body = maskText(plain, server);
  const fields = answer.fields.map(([name, value]) => [name, maskedValue(name.toLowerCase(), value, body !== plain, server)]);
  fields.sort(([a = ""], [b = ""]) => (a < b ? -1 : a > b ? 1 : 0));
  return { status: answer.status, reason: answer.reason, framing: answer.framing, fields, body };
}

function maskedValue(name: string, value: string, isMaskedBody: boolean, server: RunningServer): string {
  if (name === "date") return "a date";
  // The day: the second may have passed between two answers.
  if (name === "expires") return value.slice(0, "Sun, 01 Jan 2024".length);
  return name === "content-length" && isMaskedBody ? "a length" : maskText(value, server);
}

async function startStandIns(): Promise<StandIns> {
  const gone = await startOrigin(() => "");
  await gone.stop();
  return { http: await startOrigin(answerVisit), uwsgi: await startFakeUwsgi(answerPacket), nothing: gone.port };
}

/** What outlives an X-Accel-Redirect, and what does not. */
const CARRIED_FIELDS =
  "Set-Cookie: seen=1\r\nContent-Type: text/x-own\r\nContent-Disposition: attachment\r\nCache-Control: private\r\nX-Own: 1\r\n";

/** Says what it was asked; `/…/status-404` is answered so, and `?accel=/path` asks the proxy for that path. */
function answerVisit({ method, target, fields, body }: OriginRequest): string {
  const [, what, value] = /(status-|accel=)(.+)/.exec(target) ?? [];
  const told = method === "HEAD" ? "" : "told";
  if (what === "status-") return `HTTP/1.1 ${value} Told\r\nContent-Length: 4\r\n\r\n${told}`;
  if (what === "accel=") return `HTTP/1.1 200 OK\r\nX-Accel-Redirect: ${value}\r\n${CARRIED_FIELDS}Content-Length: 4\r\n\r\n${told}`;
  // The connection to the origin is the proxy's own business: see "upstream-keepalive" in docs/differences.md.
  const seenFields = fields.filter(([name, value]) => name !== "Connection" || value === "upgrade").map((field) => field.join(": "));
  return jsonAnswer({ request: `${method} ${target}`, fields: seenFields.toSorted(), body }, method);
}

/** Says which vars it was given, but for the port of the client's connection. */
function answerPacket({ vars, body }: UwsgiRequest): string {
  return jsonAnswer({ vars: vars.filter(([name]) => name !== "REMOTE_PORT").toSorted(), body }, "");
}

function jsonAnswer(content: object, method: string): string {
  const text = JSON.stringify(content);
  return `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${method === "HEAD" ? "" : text}`;
}
