/** `proxy_request_buffering off`: bodies sent on as they come, to upstreams that are slow and from clients that are. */

import { connect, type Socket } from "node:net";
import { expect, test } from "vitest";
import { request } from "../differential/requests.ts";
import { startOrigin } from "../harness/origin.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { startScriptedServer } from "./scripted-server.ts";

const HOST = "Host: localhost";
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

function confFor(port: number, directives: string): string {
  return `
http {
  client_max_body_size 100m;
  server {
    listen 127.0.0.1:%%PORT%%;
    location / {
      proxy_pass http://127.0.0.1:${port};
      proxy_request_buffering off;
      ${directives}
    }
    location = /after { proxy_pass http://127.0.0.1:${port}; }
    location @after { proxy_pass http://127.0.0.1:${port}; }
  }
}`;
}

test("a streamed body goes on when an upstream that stopped reading reads again, however small its pieces", async () => {
  const total = 24 * 1024 * 1024;
  let taken = 0;
  let upstream: Socket | undefined;
  await using origin = await startScriptedServer((socket, text) => {
    upstream = socket;
    if (taken === 0) {
      socket.pause();
      setTimeout(() => socket.resume(), 700);
    }
    taken += text.length;
    if (taken >= total) socket.end(OK);
  });
  await using server = await startForegate({ conf: confFor(origin.port, "") });
  const client = connect({ host: "127.0.0.1", port: server.port() });
  client.on("error", () => client.destroy());
  let answer = "";
  client.on("data", (chunk) => {
    answer += chunk.toString("latin1");
  });
  client.write(`POST / HTTP/1.1\r\n${HOST}\r\nContent-Length: ${total}\r\n\r\n`);
  await sendInPieces(client, total, 4000);
  await waitUntil("the answer", () => (answer.includes("ok") ? true : undefined), 8000);
  expect(upstream).toBeDefined();
});

test("a client that is slow to send its body is not held against the upstream", async () => {
  await using origin = await startOrigin(() => OK);
  await using server = await startForegate({ conf: confFor(origin.port, "proxy_send_timeout 300ms;") });
  const { answers } = await server.exchange([request("POST", "/", "Content-Length: 6"), "ab", 500, "cd", 500, "ef"]);
  expect(answers.map(({ status }) => status)).toEqual([200]);
});

test("a streamed body that grows past client_max_body_size is answered 413, and one that stops 408 in the log", async () => {
  await using origin = await startOrigin(() => OK);
  const conf = confFor(origin.port, "client_max_body_size 10; client_body_timeout 300ms;");
  await using server = await startForegate({ conf });
  const start = request("POST", "/", "Transfer-Encoding: chunked");
  const big = await server.exchange([start, 20, "4\r\nabcd\r\n", 50, `20\r\n${"x".repeat(32)}\r\n0\r\n\r\n`]);
  expect(big.answers.map(({ status }) => status)).toEqual([413]);
  await server.exchange([request("POST", "/slow", "Content-Length: 6"), "ab", 600]);
  await waitUntil("the access log", () => (/POST \/slow HTTP\/1.1" 408/.test(server.accessLog()) ? true : undefined));
});

for (const [name, answer] of [
  ["an X-Accel-Redirect", "HTTP/1.1 200 OK\r\nX-Accel-Redirect: /after\r\nContent-Length: 0\r\n\r\n"],
  ["an error page", "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"],
] as const) {
  test(`a body that was streamed away does not hang the location that ${name} leads to`, async () => {
    await using origin = await startOrigin(({ target }) => (target === "/after" ? OK : answer));
    const conf = confFor(origin.port, "proxy_intercept_errors on; error_page 503 /after;");
    await using server = await startForegate({ conf });
    const { answers, end } = await server.exchange(`${request("POST", "/", "Content-Length: 4")}body`, { timeoutMs: 2000 });
    expect(end).not.toBe("timeout");
    expect(answers).toHaveLength(1);
  });
}

async function sendInPieces(client: Socket, total: number, pieceBytes: number): Promise<void> {
  const piece = Buffer.alloc(pieceBytes, "x");
  for (let sent = 0; sent < total && !client.destroyed; sent += pieceBytes) {
    if (!client.write(piece.subarray(0, Math.min(pieceBytes, total - sent)))) {
      await new Promise<void>((resolve) => {
        client.once("drain", resolve);
        client.once("close", resolve);
      });
    }
  }
}
