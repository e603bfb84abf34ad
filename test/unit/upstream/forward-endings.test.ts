import { describe, expect, it } from "vitest";
import { type BodyStream, isBodyStream, Response } from "../../../src/http/response.ts";
import { ConnectionBudget } from "../../../src/net/connection-budget.ts";
import { DEFAULT_KEEPALIVE } from "../../../src/upstream/connection-pool.ts";
import { DEFAULT_PEER_SETTINGS } from "../../../src/upstream/peer.ts";
import { UpstreamGroup } from "../../../src/upstream/upstream-group.ts";
import { echoRequest, startOrigin } from "../../harness/origin.ts";
import { waitUntil } from "../../harness/wait-until.ts";
import { compileForwardSite, readAnswer } from "./forward-fixture.ts";

const GET = "GET /a HTTP/1.1\r\nHost: example.test\r\n\r\n";
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

const siteOf = (address: string, directives = "") =>
  compileForwardSite(`server { location / { proxy_pass http://${address}; ${directives} } }`);

describe("a forwarded request", () => {
  it("does not leave a connection for the next one when its answer is given up within the last piece", async () => {
    await using origin = await startOrigin(() =>
      origin.requests.length > 1 ? OK : { parts: ["HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nfour", 50, "more"] },
    );
    const site = siteOf(`127.0.0.1:${origin.port}`, "proxy_read_timeout 300ms;");
    const body = await streamOf(site.ask(site.request(GET)));
    let text = "";
    body.start({
      write: (chunk) => {
        text += chunk.toString("latin1");
        if (text.length === 8) body.abort();
        return true;
      },
      end: () => undefined,
      fail: () => undefined,
    });
    await waitUntil("the last piece", () => (text === "fourmore" ? true : undefined));
    expect((await readAnswer(await site.ask(site.request(GET)))).body).toBe("ok");
    expect(origin.connections).toBe(2);
  });

  it("is not sent for a client that went away while the upstream's name was looked up", async () => {
    await using origin = await startOrigin(() => OK);
    const site = siteOf(`localhost:${origin.port}`);
    const r = site.request(GET);
    const verdict = site.ask(r);
    (r.exchange as { gone: boolean }).gone = true;
    expect(await verdict).toBe(499);
    expect(origin.connections).toBe(0);
  });

  it("sends proxy_set_body also with proxy_pass_request_body off", async () => {
    await using origin = await startOrigin(echoRequest);
    const site = siteOf(`127.0.0.1:${origin.port}`, "proxy_pass_request_body off; proxy_set_body instead;");
    await readAnswer(await site.ask(site.request("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n", "body")));
    expect(origin.requests[0]?.body).toBe("instead");
  });

  it("keeps its method when proxy_method evaluates to nothing", async () => {
    await using origin = await startOrigin(() => OK);
    const site = siteOf(`127.0.0.1:${origin.port}`, "proxy_method $arg_method;");
    await readAnswer(await site.ask(site.request(GET)));
    expect(origin.requests[0]?.method).toBe("GET");
  });

  it("cannot put fields into the upstream request through an address with variables", async () => {
    await using origin = await startOrigin(() => OK);
    const site = siteOf("$uri");
    const r = site.request(GET);
    r.uri = `localhost\r\nX-Injected:${origin.port}`;
    expect(await site.ask(r)).toBe(500);
    expect(origin.connections).toBe(0);
  });
});

describe("UpstreamGroup", () => {
  it("looks again for a server that did not resolve while another did", async () => {
    const known = new Map([["one", "127.0.0.1"]]);
    const servers = ["one", "two"].map((host) => ({
      ...DEFAULT_PEER_SETTINGS,
      server: host,
      address: { kind: "inet", host, port: 80 } as const,
    }));
    const services = {
      shared: <T>(_key: string, create: () => T): T => create(),
      onExit: () => undefined,
      connections: new ConnectionBudget(10),
    };
    const lookup = async (host: string) => ({
      addresses: known.has(host) ? [known.get(host) ?? ""] : [],
      failure: known.has(host) ? "" : "3: Host not found",
      validUntilMs: Number.POSITIVE_INFINITY,
    });
    const group = new UpstreamGroup("g", servers, DEFAULT_KEEPALIVE, services, undefined, lookup);
    expect(await group.prepare()).toBe("");
    expect(group.balancer?.peers).toHaveLength(1);
    known.set("two", "127.0.0.2");
    await waitUntil("the second server", () => {
      group.completeLater();
      return group.balancer?.peers.length === 2 ? true : undefined;
    });
  });
});

async function streamOf(verdict: Promise<unknown>): Promise<BodyStream> {
  const answer = await verdict;
  if (!(answer instanceof Response) || !isBodyStream(answer.body)) throw new Error("The answer is no stream");
  return answer.body;
}
