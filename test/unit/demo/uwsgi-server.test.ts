import { connect, type Server } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createUwsgiServer } from "../../../src/demo/uwsgi-server.ts";
import { encodeCounted, encodePacket } from "../../../src/upstream/uwsgi/packet.ts";

let server: Server;
let port = 0;
beforeAll(async () => {
  server = createUwsgiServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  port = typeof address === "object" && address !== null ? address.port : 0;
});
afterAll(() => {
  server.close();
});

/** Sends the parts one after another, each when the one before has gone out, and reads to the end. */
function exchange(parts: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect({ port, host: "127.0.0.1", noDelay: true }).setEncoding("latin1");
    const send = (index: number): void => {
      const part = parts[index];
      if (part !== undefined) socket.write(part, "latin1", () => setImmediate(send, index + 1));
    };
    socket.on("data", (text: string) => {
      answer += text;
    });
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
    send(0);
  });
}

function packet(vars: Readonly<Record<string, string>>): string {
  const block = Object.entries(vars)
    .map(([name, value]) => encodeCounted(name) + encodeCounted(value))
    .join("");
  return encodePacket(0, 0, block) ?? "";
}

describe("the demonstration's uwsgi server", () => {
  test("shows the vars it got, escaped", async () => {
    const answer = await exchange([packet({ REQUEST_METHOD: "GET", QUERY_STRING: "<i>&" })]);
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toContain("<th>QUERY_STRING</th><td>&lt;i&gt;&amp;</td>");
  });

  test("waits for the body, wherever the bytes are split", async () => {
    const bytes = `${packet({ REQUEST_METHOD: "POST", CONTENT_LENGTH: "4" })}a=%C`;
    for (let at = 1; at < bytes.length; at++) {
      expect(await exchange([bytes.slice(0, at), bytes.slice(at)])).toContain("<pre>a=%C</pre>");
    }
  });

  test("sends no content for HEAD and counts it in bytes", async () => {
    const [head, content] = (await exchange([packet({ REQUEST_METHOD: "GET", A: "\xc3\xb6" })])).split("\r\n\r\n");
    expect(head).toContain(`Content-Length: ${content?.length}`);
    expect(await exchange([packet({ REQUEST_METHOD: "HEAD" })])).toMatch(/\r\n\r\n$/);
  });
});
