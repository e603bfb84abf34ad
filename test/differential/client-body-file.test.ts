/** client_body_in_file_only, and the variables of a body that is in a file or in memory. The origin echoes what it is sent. */

import { echoRequest, startOrigin } from "../harness/origin.ts";
import { get, request, withContent } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const ORIGIN = "http://127.0.0.1:%%ORIGIN%%";

const conf = `
http {
  map $request_body_file $body_is { "" "not in a file"; ~/client_body_temp/ "in a file"; default "in some file"; }
  proxy_set_header X-Where $body_is;
  proxy_set_header X-Body $request_body;
  proxy_http_version 1.1;
  proxy_set_header Connection "";
  client_body_buffer_size 1k;
  server {
    listen 127.0.0.1:%%PORT%%;
    location /off/ { proxy_pass ${ORIGIN}; }
    location /on/ { client_body_in_file_only on; proxy_pass ${ORIGIN}; }
    location /clean/ { client_body_in_file_only clean; proxy_pass ${ORIGIN}; }
    location /apart/ { client_body_in_file_only clean; proxy_pass_request_body off; proxy_set_header Content-Length ""; proxy_set_header X-Where $body_is; proxy_pass ${ORIGIN}; }
    location /single/ { client_body_in_single_buffer on; proxy_pass ${ORIGIN}; }
    location /streamed/ { client_body_in_file_only clean; proxy_request_buffering off; proxy_set_header X-Where $body_is; proxy_pass ${ORIGIN}; }
    location /tiny/ { client_body_in_file_only clean; client_max_body_size 4; proxy_pass ${ORIGIN}; }
  }
}`;

const CHUNKED = `${request("POST", "/%/chunked", "Transfer-Encoding: chunked")}5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n`;
const fields = ["content-type"];

const rows: readonly Row[] = ["off", "on", "clean", "apart", "single", "streamed", "tiny"].flatMap((place) => [
  { name: `${place}: a short body`, request: withContent("POST", `/${place}/short`, "hello"), compare: { fields } },
  {
    name: `${place}: a body longer than the buffer`,
    request: withContent("PUT", `/${place}/long`, "0123456789".repeat(500)),
    compare: { fields },
  },
  { name: `${place}: a chunked body`, request: CHUNKED.replace("%", place), compare: { fields } },
  { name: `${place}: no body`, request: get(`/${place}/none`), compare: { fields } },
  { name: `${place}: an empty body`, request: withContent("POST", `/${place}/empty`, ""), compare: { fields } },
]);

// Whether the length of a body that comes in one piece with its head is told or not is the servers' own business.
const isLeftOut = ({ name }: Row): boolean => name === "streamed: a chunked body";

compareRows({
  name: "client_body_in_file_only",
  conf,
  rows: rows.filter((row) => !isLeftOut(row)),
  origins: async () => {
    const origin = await startOrigin((asked) =>
      echoRequest({ ...asked, fields: asked.fields.filter(([name]) => /^(?:x-|content-length|transfer)/i.test(name)) }),
    );
    return { values: { ORIGIN: origin.port }, stop: origin.stop };
  },
});
