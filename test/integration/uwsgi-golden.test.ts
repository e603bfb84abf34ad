/** The packets of uwsgi_pass, var by var, against those that nginx 1.31.5 sent for the same requests. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { differenceSlugs } from "../differential/difference-slugs.ts";
import { goldenServer, readGoldenRequests } from "../golden/uwsgi/read-golden.ts";
import { type FakeUwsgi, startFakeUwsgi, type UwsgiRequest } from "../harness/fake-uwsgi.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { varOf } from "../harness/uwsgi-packet.ts";

/** Where foregate differs on purpose: vars it leaves out, or the status of its refusal. */
const DIFFERENCES: Readonly<
  Record<string, { readonly slug: string; readonly without?: readonly string[]; readonly refused?: number; readonly adds?: boolean }>
> = {
  noparams: { slug: "default-uwsgi-params", adds: true },
  "header-hop": { slug: "proxy-field", without: ["HTTP_PROXY"] },
  "header-ctl": { slug: "control-characters-in-fields", refused: 400 },
};

const ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

let uwsgi: FakeUwsgi;
let server: RunningServer;

beforeAll(async () => {
  uwsgi = await startFakeUwsgi(() => ANSWER, { ignoresBody: (packet) => varOf(packet, "PATH_INFO")?.startsWith("/nobody/") ?? false });
  server = await startForegate(goldenServer({ UWSGI: uwsgi.port, FAKE: uwsgi.port }));
});
afterAll(() => uwsgi.stop());

test.each(readGoldenRequests())("uwsgi_pass sends what nginx sends: $name", async (golden) => {
  const difference = DIFFERENCES[golden.name];
  const before = uwsgi.requests.length;
  const front = { unix: { path: `${server.dir}/front.sock` }, ipv6: { host: "::1" }, tcp: {} }[golden.front];
  const { answers } = await server.exchange(golden.request, front);
  if (golden.sent === undefined || difference?.refused !== undefined) {
    expect(answers.at(-1)?.status).toBe(difference?.refused ?? golden.status);
    expect(uwsgi.requests.length, "a refused request reached the application").toBe(before);
    return;
  }
  expect(answers.at(-1)?.status).toBe(200);
  expect(uwsgi.requests.length).toBe(before + 1);
  const sent = uwsgi.requests[before] as UwsgiRequest;
  if (difference?.adds === true) {
    const { vars, ...packet } = comparable(golden.sent, []);
    const ours = comparable(sent, []);
    expect(ours).toMatchObject(packet);
    expect(ours.vars).toEqual(expect.arrayContaining([...vars, ["REQUEST_METHOD", "GET"], ["PATH_INFO", "/noparams/x"]]));
    return;
  }
  expect(comparable(sent, [])).toEqual(comparable(golden.sent, difference?.without ?? []));
});

test("every difference is explained", () => {
  for (const { slug } of Object.values(DIFFERENCES)) expect(differenceSlugs()).toContain(slug);
});

/** What must be equal: ports and the root differ from machine to machine, and with them the packet's size. */
function comparable(
  request: Pick<UwsgiRequest, "modifier1" | "modifier2" | "vars" | "malformed" | "body">,
  without: readonly string[],
): Pick<UwsgiRequest, "modifier1" | "modifier2" | "malformed" | "body"> & { readonly vars: readonly (readonly string[])[] } {
  const { modifier1, modifier2, malformed, body } = request;
  const vars = request.vars.filter(([key]) => !without.includes(key)).map(([key, value]) => [key, mask(key, value)]);
  return { modifier1, modifier2, malformed, body, vars };
}

function mask(key: string, value: string): string {
  if (key === "DOCUMENT_ROOT") return "ROOT";
  return key === "REMOTE_PORT" || key === "SERVER_PORT" ? value.replace(/^\d+$/, "PORT") : value;
}
