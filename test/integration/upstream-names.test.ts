/** Names of upstream servers are looked up before a configuration is served. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { get } from "../differential/requests.ts";
import { startOrigin } from "../harness/origin.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { createPrefix, removePrefix } from "../harness/temporary-prefix.ts";
import { inErrorLog } from "./await-log.ts";
import { runForegate } from "./run-program.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const ABSENT = "no-such-host.invalid";

test("-t warns of a name that does not resolve, with its place, and succeeds", () => {
  const dir = createPrefix({ conf: "" });
  try {
    writeFileSync(
      join(dir, "nginx.conf"),
      `events {}\nhttp { access_log off;\n  upstream app {\n    server ${ABSENT}:8000;\n  }\n  server { listen 127.0.0.1:1; location / { proxy_pass http://${ABSENT}/x; } }\n}\n`,
    );
    const { code, stderr } = runForegate(["-t", "-p", dir, "-c", "nginx.conf", "-e", "stderr"], dir);
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(new RegExp(`\\[warn\\] host not found in upstream "${ABSENT}:8000" in [^\\n]*:4\n`));
    expect(stderr).toMatch(new RegExp(`\\[warn\\] host not found in upstream "${ABSENT}" in [^\\n]*:6\n`));
  } finally {
    removePrefix(dir);
  }
});

test.each(["worker_processes 2;", "master_process off;"])(
  "a name that does not resolve is 502 and keeps nothing else, with %s",
  async (main) => {
    await using origin = await startOrigin(() => OK);
    const conf = `${main}
    http { server {
      listen 127.0.0.1:%%PORT%%;
      location / { proxy_pass http://localhost:%%ORIGIN%%; }
      location /absent { proxy_pass http://${ABSENT}; }
    } }`;
    await using server = await startForegate({ conf, values: { ORIGIN: origin.port } });
    expect((await server.exchange(get("/"))).answers[0]?.status).toBe(200);
    expect((await server.exchange(get("/absent"))).answers[0]?.status).toBe(502);
    await inErrorLog(server, /no-such-host\.invalid could not be resolved/);
  },
);
