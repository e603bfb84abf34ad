/** What a client gets for odd answers of a uwsgi server, against what nginx 1.31.5 made of the same bytes. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { differenceSlugs } from "../differential/difference-slugs.ts";
import { type GoldenResponse, goldenServer, readGoldenResponses } from "../golden/uwsgi/read-golden.ts";
import { readAnswers } from "../harness/answers.ts";
import { type FakeUwsgi, startFakeUwsgi } from "../harness/fake-uwsgi.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { varOf } from "../harness/uwsgi-packet.ts";

interface Seen {
  readonly statusLine: string;
  /** In wire order. */
  readonly fields: readonly (readonly [string, string])[];
  readonly framing: string;
  readonly body: string;
}

interface Difference {
  readonly slug: string;
  readonly ours: (theirs: Seen) => Partial<Seen>;
}

const HOP_BY_HOP = ["X-Hop", "Proxy-Authenticate", "Trailer", "TE", "Upgrade", "Proxy-Connection"];
const dropping = (names: readonly string[]) => (theirs: Seen) => ({ fields: theirs.fields.filter(([name]) => !names.includes(name)) });

/** Where foregate differs on purpose, and what it answers instead. */
const DIFFERENCES: Readonly<Record<string, Difference>> = {
  "te-chunked": { slug: "chunked-from-uwsgi", ours: () => ({ body: "ok" }) },
  "100-then-200": { slug: "interim-from-uwsgi", ours: () => ({ statusLine: "HTTP/1.1 200 OK", body: "ok" }) },
  "103-then-200": { slug: "interim-from-uwsgi", ours: () => ({ statusLine: "HTTP/1.1 200 OK", body: "ok" }) },
  "101-unrequested": { slug: "unrequested-upgrade", ours: () => ({ statusLine: "HTTP/1.1 502 Bad Gateway" }) },
  "204-body": { slug: "length-of-204", ours: dropping(["Content-Length"]) },
  "204-body HEAD": { slug: "length-of-204", ours: dropping(["Content-Length"]) },
  "hdr-hop": { slug: "hop-by-hop-fields", ours: dropping(HOP_BY_HOP) },
};

const golden = readGoldenResponses();
const heads = golden.filter((response): response is GoldenResponse & { head: string } => response.head !== undefined);

let fake: FakeUwsgi;
let server: RunningServer;

beforeAll(async () => {
  const byName = new Map(golden.map((response) => [response.name, response.parts]));
  fake = await startFakeUwsgi((packet) => byName.get(varOf(packet, "QUERY_STRING") ?? "") ?? "");
  server = await startForegate(goldenServer({ UWSGI: fake.port, FAKE: fake.port }));
});
afterAll(() => fake.stop());

test.each(golden)("uwsgi_pass answers as nginx does: $name", async ({ name, get }) => {
  await compare(name, name, "GET", get);
});

test.each(heads)("uwsgi_pass answers HEAD as nginx does: $name", async ({ name, head }) => {
  await compare(name, `${name} HEAD`, "HEAD", head);
});

test("every difference is explained", () => {
  for (const { slug } of Object.values(DIFFERENCES)) expect(differenceSlugs()).toContain(slug);
});

async function compare(name: string, key: string, method: string, expected: string): Promise<void> {
  const request = `${method} /fake/?${name} HTTP/1.1\r\nHost: example.test\r\nConnection: close\r\n\r\n`;
  const { raw, end } = await server.exchange(request);
  expect(end).toBe("closed");
  const theirs = seen(expected, method);
  const ours = seen(raw, method);
  const difference = DIFFERENCES[key];
  if (difference === undefined) expect(ours).toEqual(theirs);
  else expect(ours).toMatchObject(difference.ours(theirs));
}

/** The first answer; what names the server, the time and the file's own time is masked. */
function seen(raw: string, method: string): Seen {
  const answer = readAnswers(raw, [method], true).answers[0];
  if (answer === undefined) return { statusLine: "", fields: [], framing: "none", body: "" };
  return {
    statusLine: `${answer.version} ${answer.status}${answer.reason === "" ? "" : ` ${answer.reason}`}`,
    // A page that names the server is as much longer as the name is.
    fields: answer.fields.map(([name, value]) => [
      name,
      name === "Content-Length" && maskServer(answer.body) !== answer.body ? "of the page" : maskField(name, value),
    ]),
    framing: answer.framing,
    body: maskServer(answer.body),
  };
}

function maskField(name: string, value: string): string {
  if (name === "Date" && !value.includes("2001")) return "now";
  if (name === "Last-Modified" || (name === "ETag" && value.endsWith('-b"'))) return "of the file";
  return name === "Server" ? maskServer(value) : value;
}

function maskServer(text: string): string {
  return text.replace(/nginx\/[\d.]+|foregate(?:\/[\d.]+)?/, "SERVER");
}
