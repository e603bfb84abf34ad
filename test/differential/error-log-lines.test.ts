/** What both servers write to the error log of a head that they refuse: the same words, and the same facts behind them. */

import { beforeAll, expect, test } from "vitest";
import { requireOracle } from "../harness/oracle.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { startNginx } from "../harness/start-nginx.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { maskText } from "./mask-text.ts";

const conf = `
events {}
http {
  large_client_header_buffers 2 1k;
  server { listen 127.0.0.1:%%PORT%%; server_name first.test; }
  server { listen 127.0.0.1:%%PORT%%; server_name named.test; }
}`;

const KNOWN = "GET /MARK HTTP/1.1\r\nHost: named.test\r\nReferer: r\r\n";

/** Each request bears its mark, by which its lines are found. */
const REQUESTS: Readonly<Record<string, string>> = {
  "a method in lower case": "get /MARK HTTP/1.1\r\n\r\n",
  "a version that is none": "GET /MARK HTTP/1.1x\r\n\r\n",
  "a version that is not spoken": "GET /MARK HTTP/3.0\r\n\r\n",
  "a target above the root": "GET /../MARK HTTP/1.0\r\n\r\n",
  "no Host": "GET /MARK HTTP/1.1\r\n\r\n",
  "a Host that is none": "GET /MARK HTTP/1.1\r\nHost: a/b\r\n\r\n",
  "a space in a name": `${KNOWN}X A: 1\r\n\r\n`,
  "a name that is left out": `${KNOWN}X_A: 1\r\n\r\n`,
  "a second Host": `${KNOWN}Host: other.test\r\n\r\n`,
  "a length that is no number": `${KNOWN}Content-Length: x\r\n\r\n`,
  "a length beside chunked": `${KNOWN}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`,
  "an unknown coding": `${KNOWN}Transfer-Encoding: gzip\r\n\r\n`,
  TRACE: "TRACE /MARK HTTP/1.1\r\nHost: named.test\r\n\r\n",
};

requireOracle("nginx")("error log lines of refused heads", () => {
  let servers: readonly [RunningServer, RunningServer];

  beforeAll(async () => {
    servers = [await startNginx({ conf }), await startForegate({ conf })];
    for (const server of servers) server.claim(/./);
  });

  test.each(Object.entries(REQUESTS))("%s", async (name, text) => {
    const mark = name.replaceAll(/\W/g, "-");
    const [theirs, ours] = await Promise.all(servers.map((server) => linesOf(server, text.replace("MARK", mark), mark)));
    expect(ours).toEqual(theirs);
  });
});

async function linesOf(server: RunningServer, text: string, mark: string): Promise<readonly string[]> {
  await server.exchange(text, { answers: 1 });
  const find = (): readonly string[] | undefined => {
    const lines = server.errorLog().match(new RegExp(`^.*\\[info\\].*/${mark} .*$`, "gm"));
    return lines === null ? undefined : lines.map((line) => comparable(server, line));
  };
  return waitUntil(`a line about "${mark}" in the error log`, find);
}

/** Without the time, the process and the connection, and without the facts that foregate adds. */
function comparable(server: RunningServer, line: string): string {
  const message = line.slice(line.indexOf("[info]")).replace(/\d+#\d+: (?:\*\d+ )?/, "");
  return maskText(message, server).replace(/, (?:cause|remedy): .*$/, "");
}
