/** `listen … proxy_protocol`: which headers are taken, what they tell, and what closes the connection. */

import { encodeProxyHeader } from "../../src/net/proxy-protocol.ts";
import { get } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const TOLD = "$proxy_protocol_addr:$proxy_protocol_port $proxy_protocol_server_addr:$proxy_protocol_server_port";

const conf = `
http {
  server {
    listen 127.0.0.1:%%PORT%% proxy_protocol;
    client_header_timeout 1s;
    set_real_ip_from 127.0.0.1;
    location / { return 200 "[${TOLD}] [$remote_addr]\\n"; }
    location /real { real_ip_header proxy_protocol; try_files /none /told; }
    location /told { return 200 "[$remote_addr:$remote_port] [$server_addr]\\n"; }
  }
  server {
    listen 127.0.0.1:%%PORT_REAL%% proxy_protocol;
    set_real_ip_from 127.0.0.1;
    real_ip_header proxy_protocol;
    return 200 "[$remote_addr:$remote_port] [${TOLD}]\\n";
  }
  server { listen 127.0.0.1:%%PORT_PLAIN%%; return 200 "[${TOLD}]\\n"; }
}`;

const REQUEST = get("/");
const lines = (...list: readonly string[]): readonly Row[] =>
  list.map((line) => ({ name: `line ${JSON.stringify(line)}`, request: line + REQUEST }));

/** A header of version 2 with the bytes of its address block and values. */
function version2(versionAndCommand: number, family: number, content: string, length = content.length): string {
  return `\r\n\r\n\0\r\nQUIT\n${String.fromCharCode(versionAndCommand, family, length >> 8, length & 0xff)}${content}`;
}

const TCP4 = "\x01\x02\x03\x04\x05\x06\x07\x08\x04\xd2\x00\x50";
const TCP6 = `\x20\x01\x0d\xb8${"\0".repeat(11)}\x01${"\0".repeat(10)}\xff\xff\x01\x02\x03\x04\x04\xd2\x00\x50`;
const headers = (named: Readonly<Record<string, string>>): readonly Row[] =>
  Object.entries(named).map(([name, header]) => ({ name, request: header + REQUEST }));

compareRows({
  name: "listen … proxy_protocol",
  conf,
  rows: [
    ...lines(
      "PROXY TCP4 1.2.3.4 5.6.7.8 1234 80\r\n",
      "PROXY TCP6 2001:db8::1 ::1 1234 80\r\n",
      "PROXY TCP4 ::1 1.2.3.4 1 2\r\n",
      "PROXY TCP4 1.2.3 abc 1 2\r\n",
      "PROXY TCP4   1 2\r\n",
      "PROXY TCP4 1.2.3.4 5.6.7.8 0 65535\r\n",
      "PROXY TCP4 1.2.3.4 5.6.7.8 0001 0080\r\n",
      "PROXY UNKNOWN\r\n",
      "PROXY UNKNOWN 1.2.3.4 5.6.7.8 1 2\r\n",
      "PROXY UNKNOWNISH\r\n",
    ),
    ...lines(
      "PROXY TCP4 1.2.3.4 5.6.7.8 1234 65536\r\n",
      "PROXY TCP4 1.2.3.4 5.6.7.8 -1 80\r\n",
      "PROXY TCP4 1.2.3.4 5.6.7.8 1234\r\n",
      "PROXY TCP4 1.2.3.4 5.6.7.8 1234 80 \r\n",
      "PROXY TCP4 1.2.3.4 5.6.7.8  1234 80\r\n",
      "PROXY TCP4 1.2.3.4 5.6.7.8 1234 80\n",
      "PROXY TCP4 host 5.6.7.8 1234 80\r\n",
      "PROXY TCP5 1.2.3.4 5.6.7.8 1234 80\r\n",
      "PROXY UDP4 1.2.3.4 5.6.7.8 1234 80\r\n",
      "proxy TCP4 1.2.3.4 5.6.7.8 1234 80\r\n",
    ),
    ...lines(" PROXY UNKNOWN\r\n", "\r\nPROXY UNKNOWN\r\n", ""),
    { name: "a request to the address that tells", request: `PROXY TCP4 1.2.3.4 5.6.7.8 1234 80\r\n${REQUEST}`, portName: "REAL" },
    { name: "an IPv6 address taken for the client's", request: `PROXY TCP6 2001:DB8::1 ::1 1234 80\r\n${REQUEST}`, portName: "REAL" },
    { name: "no address taken from UNKNOWN", request: `PROXY UNKNOWN\r\n${get("/")}`, portName: "REAL", compare: { body: false } },
    { name: "a header where none is expected", request: `PROXY TCP4 1.2.3.4 5.6.7.8 1234 80\r\n${REQUEST}`, portName: "PLAIN" },
    { name: "no header where none is expected", request: REQUEST, portName: "PLAIN" },
    { name: "taken in a location only", request: `PROXY TCP4 1.2.3.4 5.6.7.8 1234 80\r\n${get("/real")}` },
    { name: "X-Real-IP beside the header", request: `PROXY TCP4 1.2.3.4 5.6.7.8 1234 80\r\n${get("/", "X-Real-IP: 9.9.9.9")}` },
    { name: "two requests behind it", request: `PROXY TCP4 1.2.3.4 5.6.7.8 1234 80\r\n${REQUEST}${get("/real")}`, answers: 2 },
    {
      name: "a second header on the connection",
      request: `PROXY TCP4 1.2.3.4 5.6.7.8 1234 80\r\n${REQUEST}PROXY UNKNOWN\r\n${REQUEST}`,
      answers: 2,
    },
    { name: "the request comes later", request: ["PROXY TCP4 1.2.3.4 5.6.7.8 1234 80\r\n", 20, REQUEST] },
    {
      name: "a header in two parts",
      request: ["PROXY TCP4 1.2.3.4 5.6", 20, `.7.8 1234 80\r\n${REQUEST}`],
      differs: "proxy-header-in-parts",
      ours: 200,
    },
    { name: "half a header and no more", request: "PROXY TCP4 1.2", halfClose: true },
    { name: "nothing at all", request: "", halfClose: true },
    ...headers({
      "version 2 with IPv4": encodeProxyHeader(2, { address: "1.2.3.4", port: 5 }, { address: "5.6.7.8", port: 80 }).toString("latin1"),
      "version 2 with IPv6": version2(0x21, 0x21, TCP6),
      "version 2, LOCAL": version2(0x20, 0, ""),
      "version 2, LOCAL with addresses": version2(0x20, 0x11, TCP4),
      "version 2, unknown command": version2(0x22, 0x11, TCP4),
      "version 2, datagrams": version2(0x21, 0x12, TCP4),
      "version 2, unspecified family": version2(0x21, 0x01, "\0".repeat(12)),
      "version 2, unix socket": version2(0x21, 0x31, "\0".repeat(216)),
      "version 2 with values": version2(0x21, 0x11, `${TCP4}\x01\0\x02h2\xea\0\x03abc`),
      "version 2 with broken values": version2(0x21, 0x11, `${TCP4}\x01\xff\xffh2`),
    }),
    ...headers({
      "version 1 in the form of version 2": version2(0x11, 0x11, TCP4),
      "version 3": version2(0x31, 0x11, TCP4),
      "version 2, too short for IPv4": version2(0x21, 0x11, TCP4.slice(1)),
      "version 2, too short for IPv6": version2(0x21, 0x21, TCP4),
      "version 2 that announces more than may be": version2(0x21, 0x11, TCP4, 65_535),
      "the start of a signature": "\r\n\r\n\0\r\nQUIX\n",
    }),
  ],
});
