import { hostname } from "node:os";
import { describe, expect, it } from "vitest";
import { coreVariables } from "../../../../../src/http/core/core-variables.ts";
import type { RequestContext } from "../../../../../src/http/request-context.ts";
import { requestedLimitRate } from "../../../../../src/http/requested-limit-rate.ts";
import { Response } from "../../../../../src/http/response.ts";
import { VariableRegistry } from "../../../../../src/http/variables.ts";
import { tlsInfo } from "../../tls-fixture.ts";
import { makeRequest } from "./request-fixture.ts";

const registry = new VariableRegistry();
registry.add(coreVariables);

function read(name: string, r: RequestContext): string {
  const evaluate = registry.resolve(name);
  if (evaluate === undefined) throw new Error(`No variable "${name}"`);
  return evaluate(r);
}

describe("core variables", () => {
  it("holds every variable of nginx's core module", () => {
    const names =
      "arg_a args binary_remote_addr body_bytes_sent bytes_sent connection connection_requests connection_time content_length content_type " +
      "cookie_a document_root document_uri host hostname http_a https is_args is_request_port limit_rate msec nginx_version pid pipe " +
      "proxy_protocol_addr proxy_protocol_port proxy_protocol_server_addr proxy_protocol_server_port proxy_protocol_tlv_alpn query_string " +
      "realpath_root remote_addr remote_port remote_user request request_body request_body_file request_completion request_filename " +
      "request_id request_length request_method request_port request_time request_uri scheme sent_http_a sent_trailer_a server_addr " +
      "server_name server_port server_protocol status tcpinfo_rtt tcpinfo_rttvar tcpinfo_snd_cwnd tcpinfo_rcv_space time_iso8601 " +
      "time_local uri ssl_protocol ssl_cipher http2 foregate_version";
    const missing = names.split(" ").filter((name) => registry.resolve(name) === undefined);
    expect(missing).toEqual([]);
  });

  it("gives the request's parts as they were sent", () => {
    const { r } = makeRequest({ method: "POST", target: "/x%20y?q=1", fields: [["Host", "Example.com:81"]] });
    r.uri = "/x y";
    const values = ["request", "request_method", "request_uri", "uri", "document_uri", "args", "query_string", "is_args", "http_host"];
    expect(values.map((name) => read(name, r))).toEqual([
      "POST /x%20y?q=1 HTTP/1.1",
      "POST",
      "/x%20y?q=1",
      "/x y",
      "/x y",
      "q=1",
      "q=1",
      "?",
      "Example.com:81",
    ]);
  });

  it("$args can be set, and the target counts as changed then", () => {
    const { r } = makeRequest();
    registry.setter("args")?.(r, "x=1");
    expect([read("args", r), read("query_string", r), read("arg_x", r), r.uriChanged]).toEqual(["x=1", "x=1", "1", true]);
  });

  it("$query_string and $uri cannot be set, as in nginx", () => {
    expect([registry.setter("query_string"), registry.setter("uri")]).toEqual([undefined, undefined]);
  });

  it("$http_name joins repeated fields, and Cookie with semicolons", () => {
    const fields = [
      ["X-Forwarded-For", "1.1.1.1"],
      ["x-forwarded-for", "2.2.2.2"],
      ["Cookie", "a=1"],
      ["Cookie", "b=2"],
    ] as const;
    const { r } = makeRequest({ fields });
    expect([read("http_x_forwarded_for", r), read("http_cookie", r), read("cookie_b", r)]).toEqual(["1.1.1.1, 2.2.2.2", "a=1; b=2", "2"]);
  });

  it("$http_name reads a name with underscores where such fields were let in", () => {
    const { r } = makeRequest({ fields: [["X_Token", "t"]] });
    expect([read("http_x_token", r), read("http_x_other", r)]).toEqual(["t", ""]);
  });

  it("$content_length is the field, or what a chunked body measured", () => {
    const declared = makeRequest({ fields: [["Content-Length", "007"]] }).r;
    const buffered = { length: 12, memory: Buffer.from("hello, world"), fd: undefined, path: "" };
    const chunked = makeRequest({ fields: [], body: { declaredLength: -1, buffered } }).r;
    expect([declared, chunked, makeRequest().r].map((r) => read("content_length", r))).toEqual(["007", "12", ""]);
  });

  it("$request_body is the body in memory, and $request_body_file the path of one in a file", () => {
    const memory = makeRequest({ body: { buffered: { length: 2, memory: Buffer.from([0xff, 0x41]), fd: undefined, path: "" } } }).r;
    const file = makeRequest({ body: { buffered: { length: 2, memory: undefined, fd: 9, path: "/tmp/body" } } }).r;
    expect([read("request_body", memory), read("request_body_file", memory)]).toEqual(["\xffA", ""]);
    expect([read("request_body", file), read("request_body_file", file)]).toEqual(["", "/tmp/body"]);
  });

  it("$request_id is 32 hexadecimal digits, the same through a request and another for the next", () => {
    const { r } = makeRequest();
    const id = read("request_id", r);
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(read("request_id", r)).toBe(id);
    expect(read("request_id", makeRequest().r)).not.toBe(id);
  });

  it("$request_port and $is_request_port say whether the authority had a port", () => {
    const plain = makeRequest().r;
    const withPort = makeRequest().r;
    withPort.head.authority = { host: "example.com", port: 8080 };
    expect([read("request_port", plain), read("is_request_port", plain)]).toEqual(["", ""]);
    expect([read("request_port", withPort), read("is_request_port", withPort)]).toEqual(["8080", ":"]);
  });

  it("$server_protocol is empty for HTTP/0.9", () => {
    expect([9, 10, 11, 20].map((version) => read("server_protocol", makeRequest({ version }).r))).toEqual([
      "",
      "HTTP/1.0",
      "HTTP/1.1",
      "HTTP/2.0",
    ]);
  });

  it("gives the connection's facts", () => {
    const { r } = makeRequest({ tls: tlsInfo() });
    const names = ["remote_addr", "remote_port", "server_addr", "server_port", "connection", "connection_requests", "scheme", "https"];
    expect(names.map((name) => read(name, r))).toEqual(["192.0.2.7", "40000", "127.0.0.1", "8080", "5", "2", "https", "on"]);
    expect(read("connection_time", r)).toMatch(/^1\.5\d\d$/);
    expect(read("binary_remote_addr", r)).toBe("\xc0\x00\x02\x07");
  });

  it("gives the process's facts", () => {
    const { r } = makeRequest();
    expect([read("pid", r), read("hostname", r), read("nginx_version", r)]).toEqual([
      String(process.pid),
      hostname().toLowerCase(),
      "1.31.5",
    ]);
    expect(read("msec", r)).toMatch(/^\d{10}\.\d{3}$/);
    expect(read("time_iso8601", r)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/);
  });

  it("$status is 000 until there is one", () => {
    const { r } = makeRequest();
    expect(read("status", r)).toBe("000");
    r.status = 404;
    expect(read("status", r)).toBe("404");
  });

  it("$request_time has milliseconds", () => {
    expect(read("request_time", makeRequest().r)).toMatch(/^0\.0\d\d$/);
  });

  it("$request_length counts the head and what was read of the body", () => {
    const { r } = makeRequest({ target: "/", fields: [["Host", "a"]], body: { received: 10 } });
    expect(read("request_length", r)).toBe(String("GET / HTTP/1.1\r\nHost: a\r\n\r\n".length + 10));
  });

  it("$limit_rate is set in nginx's sizes, and a wrong one is logged", () => {
    const { r, errorLines } = makeRequest();
    registry.setter("limit_rate")?.(r, "4k");
    expect([read("limit_rate", r), requestedLimitRate.get(r)]).toEqual(["4096", 4096]);
    registry.setter("limit_rate")?.(r, "fast");
    expect([read("limit_rate", r), errorLines[0]?.message]).toEqual(["4096", 'invalid $limit_rate "fast"']);
  });

  it("$realpath_root logs a root that does not exist", () => {
    const { r, errorLines } = makeRequest({ settings: { documentRoot: () => "/nonexistent/root" } });
    expect(read("realpath_root", r)).toBe("");
    expect(errorLines[0]).toMatchObject({
      level: "crit",
      message: 'realpath() "/nonexistent/root" failed (2: No such file or directory)',
    });
  });
});

describe("$sent_http_name", () => {
  function answered(response: Response, facts = {}): RequestContext {
    const { r } = makeRequest(facts);
    r.response = response;
    r.status = response.status;
    return r;
  }

  it("is empty while nothing was sent", () => {
    expect([read("sent_http_content_type", makeRequest().r), read("sent_http_x", makeRequest().r)]).toEqual(["", ""]);
  });

  it("reads the fields an answer keeps apart", () => {
    const response = new Response(302, "", 0);
    response.contentType = "text/html";
    response.location = "/there";
    response.lastModified = 0;
    const r = answered(response);
    const names = ["content_type", "content_length", "location", "last_modified"];
    expect(names.map((name) => read(`sent_http_${name}`, r))).toEqual(["text/html", "0", "/there", ""]);
    response.status = 200;
    expect(read("sent_http_last_modified", r)).toBe("Thu, 01 Jan 1970 00:00:00 GMT");
  });

  it("joins repeated fields and finds names with dashes", () => {
    const response = new Response(200, "", 0);
    response.fields.push("Cache-Control", "no-cache", "X-A", "1", "cache-control", "private");
    const r = answered(response);
    expect([read("sent_http_cache_control", r), read("sent_http_x_a", r)]).toEqual(["no-cache, private", "1"]);
  });

  it("says whether the connection stays and how the body is framed", () => {
    const stays = answered(new Response(200, "", -1), { settings: { keepaliveHeaderSeconds: 20 } });
    const closing = new Response(400, "", 5);
    closing.closesConnection = true;
    const closes = answered(closing);
    const names = ["connection", "keep_alive", "transfer_encoding"];
    expect(names.map((name) => read(`sent_http_${name}`, stays))).toEqual(["keep-alive", "timeout=20", "chunked"]);
    expect(names.map((name) => read(`sent_http_${name}`, closes))).toEqual(["close", "", ""]);
  });

  it("$sent_trailer_name reads trailers", () => {
    const response = new Response(200, "", -1);
    response.trailers = ["X-Sum", "abc"];
    expect(read("sent_trailer_x_sum", answered(response))).toBe("abc");
  });
});
