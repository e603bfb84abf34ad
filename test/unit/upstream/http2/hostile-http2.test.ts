import { describe, expect, it } from "vitest";
import type { Verdict } from "../../../../src/http/phase.ts";
import { waitUntil } from "../../../harness/wait-until.ts";
import { compileForwardSite, type ForwardSite, readAnswer } from "../forward-fixture.ts";
import { frame, frameFlag, frameType, goawayFrame, headersFrame, rstFrame, setting, startFrameOrigin } from "./frame-origin.ts";

const GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
const POST = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n";
const OK = [":status", "200"];
const { endStream } = frameFlag;
const code = { noError: 0, protocol: 1, internal: 2, refused: 7, cancel: 8, calm: 11 } as const;

function siteFor(port: number, directives = ""): ForwardSite {
  return compileForwardSite(`server { location / { proxy_pass http://127.0.0.1:${port}; proxy_http_version 2; ${directives} } }`);
}

/** The status, the body, and whether it was cut; a number alone where nothing was answered. */
async function outcome(verdict: Verdict) {
  if (typeof verdict === "number") return verdict;
  const { status, body, cut } = await readAnswer(verdict);
  return { status, body, cut };
}

function causes(site: ForwardSite): readonly unknown[] {
  return site.logged.map(({ context }) => context["cause"]).filter((cause) => cause !== undefined);
}

describe("an answer that is broken off", () => {
  it.each([
    [code.protocol, "stream_reset"],
    [code.internal, "stream_reset"],
    [code.refused, "stream_reset"],
    [code.cancel, "stream_reset"],
    [code.calm, "stream_reset"],
  ])("within its body by RST_STREAM %i is cut", async (rst, cause) => {
    await using origin = await startFrameOrigin((socket, { streamId }) => {
      socket.write(Buffer.concat([headersFrame(streamId, OK), frame(frameType.data, 0, streamId, "part")]));
      setTimeout(() => socket.write(rstFrame(streamId, rst)), 30);
    });
    const site = siteFor(origin.port);
    expect(await outcome(await site.ask(site.request(GET)))).toEqual({ status: 200, body: "part", cut: true });
    expect(causes(site)).toEqual([cause]);
  });

  it("within its body by the end of the connection is cut", async () => {
    await using origin = await startFrameOrigin((socket, { streamId }) => {
      socket.write(Buffer.concat([headersFrame(streamId, OK), frame(frameType.data, 0, streamId, "part")]));
      setTimeout(() => socket.end(), 30);
    });
    const site = siteFor(origin.port);
    expect(await outcome(await site.ask(site.request(GET)))).toEqual({ status: 200, body: "part", cut: true });
    expect(causes(site)).toEqual(["closed_in_body"]);
  });

  it("by RST_STREAM without error is whole, since node:http2 servers end answers so, but not short of its Content-Length", async () => {
    await using origin = await startFrameOrigin((socket, { streamId }) => {
      const fields = streamId === 1 ? OK : [...OK, "content-length", "9"];
      socket.write(Buffer.concat([headersFrame(streamId, fields), frame(frameType.data, 0, streamId, "part")]));
      setTimeout(() => socket.write(rstFrame(streamId, code.noError)), 30);
    });
    const site = siteFor(origin.port);
    expect(await outcome(await site.ask(site.request(GET)))).toEqual({ status: 200, body: "part", cut: false });
    expect(await outcome(await site.ask(site.request(GET)))).toEqual({ status: 200, body: "part", cut: true });
    expect(causes(site)).toEqual(["closed_in_body"]);
  });

  it.each([
    ["longer", "2"],
    ["shorter", "9"],
  ])("because it is %s than its Content-Length is cut", async (_name, length) => {
    await using origin = await startFrameOrigin((socket, { streamId }) => {
      socket.write(headersFrame(streamId, [...OK, "content-length", length]));
      setTimeout(() => socket.write(frame(frameType.data, endStream, streamId, "part")), 30);
    });
    const site = siteFor(origin.port);
    expect(await outcome(await site.ask(site.request(GET)))).toMatchObject({ status: 200, cut: true });
  });

  it.each([
    ["RST_STREAM without error", (streamId: number) => rstFrame(streamId, code.noError)],
    ["RST_STREAM CANCEL", (streamId: number) => rstFrame(streamId, code.cancel)],
    ["RST_STREAM INTERNAL_ERROR", (streamId: number) => rstFrame(streamId, code.internal)],
    ["trailers instead of a head", (streamId: number) => headersFrame(streamId, ["x-a", "1"], endStream)],
    ["GOAWAY with an error", (streamId: number) => goawayFrame(streamId, code.internal)],
  ])("before its head by %s is a 502", async (_name, broken) => {
    await using origin = await startFrameOrigin((socket, { streamId }) => void socket.write(broken(streamId)));
    const site = siteFor(origin.port);
    expect(await outcome(await site.ask(site.request(POST, "ab")))).toBe(502);
    expect(origin.frames.filter(({ type }) => type === frameType.headers)).toHaveLength(1);
  });
});

describe("a connection on which nothing more comes", () => {
  it.each([
    ["DATA instead of a head", (streamId: number) => frame(frameType.data, endStream, streamId, "x")],
    ["a frame too large", (streamId: number) => frame(frameType.data, 0, streamId, Buffer.alloc(20_000))],
    ["silence", () => Buffer.alloc(0)],
  ])("because of %s is not used by the next request", async (_name, broken) => {
    await using origin = await startFrameOrigin((socket, { streamId, connection }) => {
      socket.write(connection === 0 ? broken(streamId) : headersFrame(streamId, OK, endStream));
    });
    const site = siteFor(origin.port, "proxy_read_timeout 150ms;");
    // Node 24 says that nghttp2 has given the peer up; before, only time tells.
    expect([502, 504]).toContain(await outcome(await site.ask(site.request(GET))));
    expect(await outcome(await site.ask(site.request(GET)))).toMatchObject({ status: 200 });
  });
});

describe("a request that the peer has not looked at", () => {
  it.each([
    ["RST_STREAM REFUSED_STREAM", (streamId: number) => rstFrame(streamId, code.refused)],
    ["GOAWAY that leaves it out", (streamId: number) => goawayFrame(streamId - 2, code.noError)],
    ["GOAWAY with an error that leaves it out", (streamId: number) => goawayFrame(streamId - 2, code.internal)],
  ])("is sent again after %s, even a POST, and nobody hears of it", async (_name, refusal) => {
    let asked = 0;
    await using origin = await startFrameOrigin((socket, { streamId }) => {
      asked++;
      if (asked === 2) socket.write(refusal(streamId));
      else socket.write(Buffer.concat([headersFrame(streamId, OK), frame(frameType.data, endStream, streamId, "ok")]));
    });
    const site = siteFor(origin.port);
    expect(await outcome(await site.ask(site.request(GET)))).toMatchObject({ body: "ok" });
    const r = site.request(POST, "ab");
    expect(await outcome(await site.ask(r))).toEqual({ status: 200, body: "ok", cut: false });
    expect(r.upstreamStates).toHaveLength(1);
    expect(site.logged).toEqual([]);
  });

  it("is sent again once only to the same peer", async () => {
    await using origin = await startFrameOrigin((socket, { streamId }) => void socket.write(rstFrame(streamId, code.refused)));
    const site = siteFor(origin.port);
    expect(await outcome(await site.ask(site.request(GET)))).toBe(502);
    expect(causes(site)).toEqual(["stream_refused"]);
    expect(origin.frames.filter(({ type }) => type === frameType.headers)).toHaveLength(2);
  });
});

describe("GOAWAY without error", () => {
  it("lets the answers under way come to their end and takes no new requests", async () => {
    await using origin = await startFrameOrigin((socket, { streamId, connection }) => {
      if (connection > 0) {
        socket.write(Buffer.concat([headersFrame(streamId, OK), frame(frameType.data, endStream, streamId, "new")]));
        return;
      }
      socket.write(Buffer.concat([headersFrame(streamId, OK), frame(frameType.data, 0, streamId, "one ")]));
      socket.write(goawayFrame(streamId, code.noError));
      setTimeout(() => socket.write(frame(frameType.data, endStream, streamId, "two")), 80);
    });
    const site = siteFor(origin.port);
    const first = site.ask(site.request(GET)).then(outcome);
    await waitUntil("the first request", () => origin.frames.find(({ type }) => type === frameType.headers));
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(await outcome(await site.ask(site.request(GET)))).toMatchObject({ body: "new" });
    expect(await first).toEqual({ status: 200, body: "one two", cut: false });
    expect(origin.connections).toBe(2);
  });
});

describe("the head of an answer", () => {
  it.each([
    ["an upper-case name", ["X-A", "1"]],
    ["Connection", ["connection", "close"]],
    ["Transfer-Encoding", ["transfer-encoding", "chunked"]],
    ["two lengths", ["content-length", "1", "content-length", "2"]],
    ["a length that is none", ["content-length", "1x"]],
    ["a second status", [":status", "204"]],
    ["a pseudo-field that is not known", [":x", "1"]],
    ["more than proxy_buffer_size", Array.from({ length: 60 }, (_, i) => [`x-${i}`, "v".repeat(100)]).flat()],
    ["very many fields", Array.from({ length: 900 }, (_, i) => [`x-${i}`, ""]).flat()],
  ])("is refused with %s", async (_name, fields) => {
    await using origin = await startFrameOrigin((socket, { streamId }) => {
      socket.write(headersFrame(streamId, [...OK, ...fields], endStream));
    });
    const site = siteFor(origin.port);
    expect(await outcome(await site.ask(site.request(GET)))).toBe(502);
  });

  it.each([
    ["a line end in a value", ["x-a", "1\r\nx-b: 2"]],
    ["NUL in a value", ["x-a", "1\0"]],
    ["a blank in a name", ["x a", "1"]],
  ])("loses a field with %s", async (_name, fields) => {
    await using origin = await startFrameOrigin((socket, { streamId }) => {
      socket.write(headersFrame(streamId, [...OK, ...fields, "x-good", "1"], endStream));
    });
    const site = siteFor(origin.port);
    expect((await readAnswer(await site.ask(site.request(GET)))).fields.filter((text) => text.startsWith("x"))).toEqual(["x-good"]);
  });

  it("may come behind a few interim answers, not behind any number of them", async () => {
    await using origin = await startFrameOrigin((socket, { streamId }) => {
      for (let i = 0; i < (streamId === 1 ? 10 : 500); i++) socket.write(headersFrame(streamId, [":status", "103", "link", "</x>"]));
      if (streamId === 1) socket.write(headersFrame(streamId, OK, endStream));
    });
    const site = siteFor(origin.port);
    expect(await outcome(await site.ask(site.request(GET)))).toMatchObject({ status: 200 });
    expect(await outcome(await site.ask(site.request(GET)))).toBe(502);
    expect(causes(site)).toEqual(["head_too_big"]);
  });
});

describe("time-outs", () => {
  it("a peer whose window stays shut is given up after proxy_send_timeout", async () => {
    const shut = setting(4, 0);
    await using origin = await startFrameOrigin(() => undefined, shut);
    const site = siteFor(origin.port, "proxy_send_timeout 150ms;");
    // More than the window that every stream has until the peer's SETTINGS come.
    const large = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n";
    expect(await outcome(await site.ask(site.request(large, "x".repeat(100_000))))).toBe(504);
    expect(causes(site)).toEqual(["send_timeout"]);
  });

  it("a peer that takes no stream at all is given up after proxy_read_timeout", async () => {
    await using origin = await startFrameOrigin(() => undefined, setting(3, 0));
    const site = siteFor(origin.port, "proxy_read_timeout 150ms;");
    expect(await outcome(await site.ask(site.request(GET)))).toBe(504);
  });

  it("an answer that stops half-way is cut after proxy_read_timeout, and the peer hears that it is over", async () => {
    await using origin = await startFrameOrigin((socket, { streamId }) => {
      socket.write(Buffer.concat([headersFrame(streamId, OK), frame(frameType.data, 0, streamId, "part")]));
    });
    const site = siteFor(origin.port, "proxy_read_timeout 150ms;");
    expect(await outcome(await site.ask(site.request(GET)))).toEqual({ status: 200, body: "part", cut: true });
    await waitUntil("GOAWAY", () => origin.frames.find(({ type }) => type === frameType.goaway));
  });
});

describe("floods", () => {
  it.each([
    ["PING", () => frame(frameType.ping, 0, 0, Buffer.alloc(8))],
    ["SETTINGS", () => frame(frameType.settings, 0, 0, setting(3, 100))],
    ["empty DATA", (streamId: number) => frame(frameType.data, 0, streamId)],
  ])("of %s end that connection at most: the next request is answered", async (_name, flood) => {
    await using origin = await startFrameOrigin((socket, { streamId, connection }) => {
      if (connection > 0 || streamId > 1) {
        socket.write(headersFrame(streamId, OK, endStream));
        return;
      }
      socket.write(headersFrame(streamId, OK));
      socket.write(Buffer.concat(Array.from({ length: 20_000 }, () => flood(streamId))));
      setTimeout(() => socket.destroy(), 100);
    });
    const site = siteFor(origin.port);
    expect(await outcome(await site.ask(site.request(GET)))).toMatchObject({ cut: true });
    expect(await outcome(await site.ask(site.request(GET)))).toMatchObject({ status: 200 });
  });
});
