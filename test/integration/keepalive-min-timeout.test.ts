/** keepalive_min_timeout: a connection that has just been answered outlives the word to end, and is answered once more. */

import { connect } from "node:http2";
import { expect, test } from "vitest";
import { get } from "../differential/requests.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { openClient } from "./open-client.ts";

const conf = `http {
  server {
    listen 127.0.0.1:%%PORT%% http2;
    location / { return 200 "here\\n"; }
    location /stays { keepalive_min_timeout 30s; return 200 "stays\\n"; }
  }
}`;

test("an idle connection is there for the request that was on its way when the server was told to quit", async () => {
  await using server = await startForegate({ conf });
  const [ordinary, staying] = [openClient(server.port()), openClient(server.port())];
  ordinary.send(get("/"));
  staying.send(get("/stays"));
  await Promise.all([ordinary.receive(/here\n$/), staying.receive(/stays\n$/)]);
  server.signal("SIGQUIT");
  await ordinary.closed;
  staying.send(get("/"));
  // The last answer says that it is the last one.
  expect(await staying.closed).toMatch(/Connection: close\r\n\r\nhere\n$/);
  expect(await server.exit).toMatchObject({ code: 0 });
});

test("an idle connection of HTTP/2 is, too", async () => {
  await using server = await startForegate({ conf });
  const ordinary = openClient(server.port());
  ordinary.send(get("/"));
  await ordinary.receive(/here\n$/);
  const session = connect(`http://127.0.0.1:${server.port()}`);
  const ask = (path: string): Promise<string> =>
    new Promise((resolve, reject) => {
      let body = "";
      const stream = session.request({ ":path": path });
      stream.on("data", (chunk) => {
        body += String(chunk);
      });
      stream.on("end", () => resolve(body));
      stream.on("error", reject);
    });
  expect(await ask("/stays")).toBe("stays\n");
  server.signal("SIGQUIT");
  await ordinary.closed;
  expect(await ask("/")).toBe("here\n");
  session.close();
  expect(await server.exit).toMatchObject({ code: 0 });
});
