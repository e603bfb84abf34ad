/** `set_real_ip_from`, `real_ip_header`, `real_ip_recursive`: whom a request is from, by what proxies in front tell. */

import { get, request } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

/** The client's own port is another one for each connection. */
const SET_PORT = `set $port $remote_port; if ($remote_port = $realip_remote_port) { set $port own; }`;
const SEEN = "[$remote_addr]:[$port] from [$realip_remote_addr]";

const conf = `
http {
  set_real_ip_from 127.0.0.1;
  set_real_ip_from 10.0.0.0/8;
  set_real_ip_from 2001:db8::/33;
  error_page 404 /missing;

  server {
    listen 127.0.0.1:%%PORT%%;
    ${SET_PORT}
    location / { return 200 "${SEEN}\\n"; }
    location /binary { if ($binary_remote_addr = "abcd") { return 200 "same"; } return 200 "other"; }
    location /missing { return 200 "missing ${SEEN}\\n"; }
    location /nothing-here { root %%DIR%%/www; }
    location /redirected { try_files /none /target; }
    location /target { internal; return 200 "target [$remote_addr] from [$realip_remote_addr]\\n"; }
    location /forwarded { real_ip_header X-Forwarded-For; try_files /none /target; }
    location /recursive { real_ip_header X-Forwarded-For; real_ip_recursive on; try_files /none /target; }
    location /own-field { real_ip_header CF-Connecting-IP; try_files /none /target; }
    location /none-trusted { set_real_ip_from 10.0.0.1; real_ip_header X-Forwarded-For; try_files /none /target; }
  }
  server { listen 127.0.0.1:%%PORT%%; server_name forwarded; ${SET_PORT} real_ip_header X-Forwarded-For; return 200 "${SEEN}\\n"; }
  server { listen 127.0.0.1:%%PORT%%; server_name recursive; ${SET_PORT} real_ip_header X-Forwarded-For; real_ip_recursive on; return 200 "${SEEN}\\n"; }
  server { listen 127.0.0.1:%%PORT%%; server_name field; ${SET_PORT} real_ip_header X-My_Ip; underscores_in_headers on; return 200 "${SEEN}\\n"; }
  server { listen 127.0.0.1:%%PORT%%; server_name untrusted; set_real_ip_from 192.0.2.0/24; return 200 "$remote_addr\\n"; }
  server { listen 127.0.0.1:%%PORT%%; server_name all; ${SET_PORT} set_real_ip_from 0.0.0.0/0; real_ip_header X-Forwarded-For; real_ip_recursive on; return 200 "${SEEN}\\n"; }
  server { listen 127.0.0.1:%%PORT%%; server_name host; ${SET_PORT} set_real_ip_from localhost; return 200 "${SEEN}\\n"; }
  server { listen 127.0.0.1:%%PORT%%; server_name unix; set_real_ip_from unix:; return 200 "$remote_addr\\n"; }
}`;

const forHost = (host: string, ...fields: readonly string[]): string =>
  `GET / HTTP/1.1\r\nHost: ${host}\r\n${fields.map((field) => `${field}\r\n`).join("")}\r\n`;

const realIps = (...values: readonly string[]): readonly Row[] =>
  values.map((value) => ({ name: `X-Real-IP: ${value}`, request: get("/", `X-Real-IP: ${value}`) }));
const lists = (host: string, ...values: readonly string[]): readonly Row[] =>
  values.map((value) => ({ name: `${host}, X-Forwarded-For: ${value}`, request: forHost(host, `X-Forwarded-For: ${value}`) }));
const places = (...paths: readonly string[]): readonly Row[] =>
  paths.map((path) => ({
    name: `${path} with every field`,
    request: get(path, "X-Real-IP: 1.1.1.1", "X-Forwarded-For: 2.2.2.2, 10.3.3.3", "CF-Connecting-IP: 4.4.4.4"),
  }));

compareRows({
  name: "realip",
  conf,
  rows: [
    ...realIps(
      "1.2.3.4",
      "1.2.3.4:567",
      "1.2.3.4:0",
      "1.2.3.4:65536",
      "1.2.3.4:",
      "1.2.3.4:x",
      "1.2.3",
      "1.2.3.4.5",
      "1.2.3.256",
      "nobody",
    ),
    ...realIps(
      "::1",
      "2001:DB8:0:0:0:0:0:1",
      "[::1]:80",
      "[::1]:",
      "[::1",
      "::1]:80",
      "::ffff:1.2.3.4",
      "2001:db8::1::2",
      "fe80::1%eth0",
      "unix:",
    ),
    ...realIps("1.2.3.4, 5.6.7.8", "1.2.3.4,", "1.2.3.4 ,", ",1.2.3.4", ",", "5.6.7.8 1.2.3.4", "010.1.1.1", "1.2.3.4\t", '"1.2.3.4"'),
    { name: "[::1] without a port", request: get("/", "X-Real-IP: [::1]"), differs: "portless-brackets" },
    { name: "an empty X-Real-IP", request: get("/", "X-Real-IP:") },
    { name: "X-Forwarded-For where X-Real-IP is asked for", request: forHost("untrusted", "X-Forwarded-For: 1.2.3.4") },
    { name: "a repeated X-Real-IP", request: get("/", "X-Real-IP: 1.1.1.1", "X-Real-IP: 2.2.2.2"), differs: "repeated-real-ip-fields" },
    ...lists("forwarded", "1.2.3.4", "1.2.3.4, 5.6.7.8", "1.2.3.4, 10.1.1.1", "1.2.3.4, x", "x, 1.2.3.4", "1.2.3.4,5.6.7.8:90"),
    ...lists(
      "recursive",
      "1.2.3.4",
      "1.2.3.4, 5.6.7.8",
      "1.2.3.4, 10.1.1.1",
      "1.2.3.4, 5.6.7.8, 10.1.1.1, 10.2.2.2",
      "x, 10.1.1.1",
      "10.1.1.1, x",
    ),
    ...lists("recursive", "10.1.1.1", "10.1.1.1, 10.2.2.2", "1.2.3.4,,10.1.1.1", "1.2.3.4 10.1.1.1:99", "10.1.1.1:77, 10.2.2.2:88"),
    ...lists("recursive", "1.2.3.4, 2001:db8::5", "1.2.3.4, 2001:db8:8000::5", "1.2.3.4, ::ffff:10.1.1.1", ",10.1.1.1", " 10.1.1.1"),
    ...lists("all", "1.2.3.4, 5.6.7.8", "1.2.3.4, ::1", "x, 1.2.3.4"),
    {
      name: "two X-Forwarded-For lines",
      request: forHost("forwarded", "X-Forwarded-For: 1.1.1.1", "X-Forwarded-For: 2.2.2.2"),
    },
    {
      name: "two X-Forwarded-For lines, recursive, the last one trusted",
      request: forHost("recursive", "X-Forwarded-For: 1.1.1.1, 2.2.2.2", "X-Forwarded-For: 10.1.1.1"),
    },
    {
      name: "two X-Forwarded-For lines, recursive, the last one not trusted",
      request: forHost("recursive", "X-Forwarded-For: 1.1.1.1", "X-Forwarded-For: 2.2.2.2, 10.1.1.1"),
    },
    {
      name: "two X-Forwarded-For lines, recursive, the first one no address",
      request: forHost("recursive", "X-Forwarded-For: x", "X-Forwarded-For: 10.1.1.1"),
    },
    { name: "a field of one's own in another case", request: forHost("field", "x-MY_ip: 1.2.3.4") },
    { name: "no field", request: forHost("untrusted") },
    { name: "a peer that is not trusted", request: forHost("untrusted", "X-Real-IP: 1.2.3.4") },
    { name: "unix: does not trust TCP clients", request: forHost("unix", "X-Real-IP: 1.2.3.4") },
    { name: "a host name that is trusted", request: forHost("host", "X-Real-IP: 1.2.3.4") },
    { name: "$binary_remote_addr", request: get("/binary", "X-Real-IP: 97.98.99.100") },
    { name: "$binary_remote_addr of another", request: get("/binary", "X-Real-IP: 97.98.99.101") },
    ...places("/forwarded", "/recursive", "/own-field", "/none-trusted", "/redirected", "/nothing-here"),
    { name: "a location's field where the server's is not sent", request: get("/forwarded", "X-Forwarded-For: 2.2.2.2, 3.3.3.3") },
    { name: "a location that trusts others", request: get("/none-trusted", "X-Forwarded-For: 2.2.2.2") },
    {
      name: "the connection's next request begins with the connection's own address",
      request:
        get("/binary", "X-Real-IP: 97.98.99.100") +
        get("/binary") +
        request("POST", "/binary", "X-Real-IP: 97.98.99.100", "Content-Length: 0"),
      answers: 3,
    },
  ],
});
