/** The captures of nginx 1.31.5 in front of uWSGI 2.0.21, and the configuration they were made with, fit for a test's own ports. */

import { readdirSync, readFileSync } from "node:fs";
import type { ServerOptions } from "../../harness/running-server.ts";
import { decodeUwsgiPacket, type UwsgiPacket } from "../../harness/uwsgi-packet.ts";

const HERE = new URL("./", import.meta.url);

export interface GoldenRequest {
  /** Without the "nginx131-" that all have. */
  readonly name: string;
  readonly front: "tcp" | "unix" | "ipv6";
  /** Bytes as latin1. */
  readonly request: string;
  /** What reached uWSGI; absent when nginx refused the request. */
  readonly sent: (UwsgiPacket & { readonly body: string }) | undefined;
  /** Of the answer to the client. */
  readonly status: number;
}

export interface GoldenResponse {
  readonly name: string;
  /** What the uwsgi server sends, in parts. */
  readonly parts: readonly string[];
  /** What nginx 1.31.5 sent to a client that asked with GET, and with HEAD where that was tried. */
  readonly get: string;
  readonly head: string | undefined;
}

/** All captured HTTP/1 requests. */
export function readGoldenRequests(): readonly GoldenRequest[] {
  return readdirSync(HERE)
    .filter((file) => /^nginx131-.*\.json$/.test(file))
    .sort()
    .map(readRequest);
}

/** All captured responses. */
export function readGoldenResponses(): readonly GoldenResponse[] {
  return readJson<readonly ResponseCapture[]>("responses.json").map((capture) => ({
    name: capture.name,
    parts: capture.upstream_response_parts_latin1 ?? [restoreResponse(capture)],
    get: restoreAnswer(capture["nginx-1.31.5"].client_response_latin1, capture),
    head: capture["nginx-1.31.5-HEAD"]?.client_response_latin1,
  }));
}

/** The configuration of the captures: `%%UWSGI%%` is uWSGI's port and `%%FAKE%%` that of the scripted answers. */
export function goldenServer(values: { readonly UWSGI: number; readonly FAKE: number }): ServerOptions {
  const text = readFileSync(new URL("nginx-golden.conf", HERE), "latin1");
  const conf = text
    .slice(text.indexOf("events {"))
    .replace(/^ *(?:access_log|client_body_temp_path|ssl_certificate) .*\n/gm, "")
    .replace(/^.* ssl http2;\n/gm, "")
    .replace(/auth_basic x; auth_basic_user_file \S+;/, "")
    .replaceAll("/srv/site/www/deb", "%%DIR%%")
    .replaceAll("/srv/site/www", "%%DIR%%")
    .replaceAll("127.0.0.1:29040", "127.0.0.1:%%FAKE%%")
    .replaceAll(/127\.0\.0\.1:2903[02]/g, "127.0.0.1:%%UWSGI%%")
    .replaceAll("29080", "%%PORT%%");
  const debianParams = `${STOCK_PARAMS}uwsgi_param HTTP_HOST $host;\n`;
  return { conf, values, files: { uwsgi_params_stock: STOCK_PARAMS, uwsgi_params_debian: debianParams, "html/f.txt": "hello file\n" } };
}

const STOCK_PARAMS = [
  "QUERY_STRING $query_string",
  "REQUEST_METHOD $request_method",
  "CONTENT_TYPE $content_type",
  "CONTENT_LENGTH $content_length",
  "REQUEST_URI $request_uri",
  "PATH_INFO $document_uri",
  "DOCUMENT_ROOT $document_root",
  "SERVER_PROTOCOL $server_protocol",
  "REQUEST_SCHEME $scheme",
  "HTTPS $https if_not_empty",
  "REMOTE_ADDR $remote_addr",
  "REMOTE_PORT $remote_port",
  "SERVER_PORT $server_port",
  "SERVER_NAME $server_name",
]
  .map((param) => `uwsgi_param ${param};\n`)
  .join("");

const REQUEST_STORED_BYTES = 500;
const ANSWER_STORED_BYTES = 1800;

interface RequestCapture {
  readonly name: string;
  readonly front: GoldenRequest["front"];
  readonly request_latin1: string;
  readonly upstream_connections: number;
  readonly client_response_head_latin1: string;
}

interface ResponseCapture {
  readonly name: string;
  readonly upstream_response_latin1?: string;
  readonly upstream_response_parts_latin1?: readonly string[];
  readonly upstream_len?: number;
  readonly "nginx-1.31.5": { readonly client_response_latin1: string };
  readonly "nginx-1.31.5-HEAD"?: { readonly client_response_latin1: string };
}

/** The captures are this project's own data, of a shape that their readers here vouch for. */
function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(new URL(file, HERE), "utf8")) as T;
}

function readRequest(file: string): GoldenRequest {
  const capture = readJson<RequestCapture>(file);
  const sent = capture.upstream_connections === 0 ? undefined : readSent(file.replace(/json$/, "bin"));
  return {
    name: capture.name.slice("nginx131-".length),
    front: capture.front,
    request: sent === undefined ? capture.request_latin1 : restoreRequest(capture.request_latin1, sent),
    sent,
    status: Number(/^HTTP\/1\.1 (\d+)/.exec(capture.client_response_head_latin1)?.[1] ?? 0),
  };
}

function readSent(file: string): UwsgiPacket & { body: string } {
  const bytes = readFileSync(new URL(file, HERE));
  const packet = decodeUwsgiPacket(bytes);
  if (packet === undefined) throw new Error(`Cannot decode "${file}": the packet is incomplete`);
  return { ...packet, body: bytes.toString("latin1", 4 + packet.datasize) };
}

/** Big requests were stored without the middle of their last field lines; the packet has them whole. */
function restoreRequest(request: string, sent: UwsgiPacket): string {
  const big = sent.vars.filter(([, value]) => value.length > REQUEST_STORED_BYTES);
  if (big.length === 0) return request;
  const lines = big.map(([key, value]) => `${key.slice("HTTP_".length).replaceAll("_", "-")}: ${value}\r\n`);
  return `${request.slice(0, request.indexOf("X-"))}${lines.join("")}\r\n`;
}

/** Long responses were stored with "..." in place of most of their one long value and of what follows it. */
function restoreResponse(capture: ResponseCapture): string {
  const text = capture.upstream_response_latin1 ?? "";
  if (!text.endsWith("...")) return text;
  const start = text.slice(0, -3);
  const end = "\r\nContent-Length: 0\r\n\r\n";
  return start + "a".repeat((capture.upstream_len ?? 0) - start.length - end.length) + end;
}

/** Long answers to the client were cut; what is missing are the last fields of the response, passed on as they came. */
function restoreAnswer(answer: string, capture: ResponseCapture): string {
  if (answer.length !== ANSWER_STORED_BYTES) return answer;
  const response = restoreResponse(capture).replace("Content-Length: 0\r\n", "");
  const lastLine = answer.slice(answer.lastIndexOf("\n") + 1);
  return answer + response.slice(response.indexOf(lastLine) + lastLine.length);
}
