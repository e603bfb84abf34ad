/** Which virtual server serves a request: exact, wildcard and regular-expression names, the default server, what counts as the host. */

import { head, withFields } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const ANSWER = (name: string): string =>
  `location / { add_header X-Server "${name}" always; return 200 "${name} host=$host name=$server_name\\n"; }`;

const conf = `
http {
  server_names_hash_bucket_size 128;
  server { listen 127.0.0.1:%%PORT%%; server_name first.test; ${ANSWER("first")} }
  server { listen 127.0.0.1:%%PORT%% default_server; server_name default.test alias.default.test; ${ANSWER("default")} }
  server { listen 127.0.0.1:%%PORT%%; server_name exact.test; ${ANSWER("exact")} }
  server { listen 127.0.0.1:%%PORT%%; server_name *.wild.test; ${ANSWER("*.wild.test")} }
  server { listen 127.0.0.1:%%PORT%%; server_name *.deep.wild.test; ${ANSWER("*.deep.wild.test")} }
  server { listen 127.0.0.1:%%PORT%%; server_name .dot.test; ${ANSWER(".dot.test")} }
  server { listen 127.0.0.1:%%PORT%%; server_name tail.*; ${ANSWER("tail.*")} }
  server { listen 127.0.0.1:%%PORT%%; server_name tail.longer.*; ${ANSWER("tail.longer.*")} }
  server { listen 127.0.0.1:%%PORT%%; server_name www.tail.test; ${ANSWER("www.tail.test")} }
  server { listen 127.0.0.1:%%PORT%%; server_name ~^(?<user>[a-z]+)\\.users\\.test$; location / { add_header X-Server "regex" always; return 200 "user=$user\\n"; } }
  server { listen 127.0.0.1:%%PORT%%; server_name ~^.+\\.users\\.test$; ${ANSWER("second regex")} }
  server { listen 127.0.0.1:%%PORT%%; server_name "~^v\\d{1,2}\\.quant\\.test$"; ${ANSWER("quantifier")} }
  server { listen 127.0.0.1:%%PORT%%; server_name MixedCase.test; ${ANSWER("mixed")} }
  server { listen 127.0.0.1:%%PORT%%; server_name 127.0.0.1; ${ANSWER("ipv4")} }
  server { listen 127.0.0.1:%%PORT%%; server_name [::1]; ${ANSWER("ipv6")} }
  server { listen 127.0.0.1:%%PORT%%; server_name under_score.test; ${ANSWER("underscore")} }
  server { listen 127.0.0.1:%%PORT_OTHER%%; server_name other.test; ${ANSWER("other port")} }
  server { listen 127.0.0.1:%%PORT_OTHER%%; server_name exact.test; ${ANSWER("exact on the other port")} }
  server { listen 127.0.0.1:%%PORT_NAMELESS%%; server_name ""; ${ANSWER("nameless")} }
  server { listen 127.0.0.1:%%PORT_NAMELESS%% default_server; server_name named.test; ${ANSWER("named")} }
  server { listen 127.0.0.1:%%PORT_REDIRECT%%; server_name redirect.test; location = /r { return 301 /to; } }
  server { listen 127.0.0.1:%%PORT_SINGLE%%; server_name single.test; server_name_in_redirect on; location = /r { return 301 /to; } ${ANSWER("single")} }
}`;

const hosts = (...names: readonly string[]): readonly Row[] =>
  names.map((name) => ({ name: `Host: ${name}`, request: withFields(`Host: ${name}`) }));
const targets = (...list: readonly string[]): readonly Row[] =>
  list.map((target) => ({ name: `target ${target}`, request: head(`GET ${target} HTTP/1.1`, "Host: exact.test") }));
const refused = (...names: readonly string[]): readonly Row[] =>
  names.map((name) => ({ name: `Host ${JSON.stringify(name)} is refused`, request: withFields(`Host: ${name}`) }));
const refusedByUs = (...names: readonly string[]): readonly Row[] =>
  names.map((name) => ({
    name: `Host ${JSON.stringify(name)} is no authority`,
    request: withFields(`Host: ${name}`),
    differs: "host-syntax",
    ours: 400,
  }));

compareRows({
  name: "server_name",
  conf,
  rows: [
    { name: "a redirect without a Host leads to the address", request: head("GET /r HTTP/1.0"), portName: "REDIRECT" },
    { name: "a redirect leads to the Host that was asked for", request: head("GET /r HTTP/1.0", "Host: other.test"), portName: "REDIRECT" },
    ...hosts(
      "first.test",
      "default.test",
      "alias.default.test",
      "exact.test",
      "EXACT.test",
      "exact.test.",
      "exact.test:80",
      "exact.test:",
      "exact.test:8",
    ),
    ...hosts(
      "unknown.test",
      "a.wild.test",
      "a.b.wild.test",
      "wild.test",
      "a.deep.wild.test",
      "deep.wild.test",
      ".wild.test",
      "dot.test",
      "a.dot.test",
    ),
    ...hosts(
      "adot.test",
      "tail.test",
      "tail.longer.test",
      "tail.a.b.c",
      "tail",
      "tail.",
      "www.tail.test",
      "bob.users.test",
      "bob1.users.test",
    ),
    ...hosts(
      "BOB.users.test",
      "a.b.users.test",
      "v1.quant.test",
      "v123.quant.test",
      "mixedcase.test",
      "MIXEDCASE.TEST",
      "127.0.0.1",
      "127.0.0.1:8080",
    ),
    ...hosts("[::1]", "[::1]:80", "[::2]", "under_score.test", "other.test", "a..wild.test", "exact.test:65535"),
    ...refused("", "a/b", "a b", "..", "exact..test", ".", "a\tb", "\x7f", "exact.test/", ":80"),
    ...refusedByUs(
      "a\\b",
      "[::1",
      "a:b:c",
      "@",
      "[",
      "[]",
      "exact.test:x",
      "exact.test:99999",
      "exact.test,first.test",
      "caf\xe9.test",
      "user@exact.test",
    ),
    { name: "white space around the host", request: withFields("Host:   exact.test   ") },
    { name: "no Host in HTTP/1.1", request: withFields("X: y") },
    { name: "no Host in HTTP/1.0", request: head("GET / HTTP/1.0", "X: y") },
    { name: "a Host in HTTP/1.0", request: head("GET / HTTP/1.0", "Host: exact.test") },
    { name: "two Host fields", request: withFields("Host: exact.test", "Host: first.test") },
    { name: "two equal Host fields", request: withFields("Host: exact.test", "Host: exact.test") },
    { name: "HTTP/0.9 goes to the default server", request: "GET /\r\n" },
    { name: "the same name on another port", request: withFields("Host: exact.test"), portName: "OTHER" },
    { name: "an unknown name on another port", request: withFields("Host: first.test"), portName: "OTHER" },
    { name: "no Host finds the empty name", request: head("GET / HTTP/1.0"), portName: "NAMELESS" },
    { name: "an empty Host finds the empty name", request: head("GET / HTTP/1.0", "Host:"), portName: "NAMELESS" },
    { name: "an unknown Host does not find the empty name", request: withFields("Host: x.test"), portName: "NAMELESS" },
    { name: "a lone server takes any name", request: withFields("Host: whatever.test"), portName: "SINGLE" },
    { name: "server_name_in_redirect names the server", request: head("GET /r HTTP/1.1", "Host: whatever.test"), portName: "SINGLE" },
    ...targets(
      "http://first.test/",
      "http://first.test",
      "http://first.test?x=1",
      "HTTP://first.test/",
      "http://FIRST.test/a",
      "http://first.test:81/",
    ),
    ...targets(
      "http:///x",
      "http://[::1]/",
      "http://a@first.test/",
      "https://first.test/",
      "http:/first.test/",
      "http://first.test:/",
      "http://first.test./",
    ),
    ...targets("ftp://first.test/", "//first.test/", "http://fir st.test/", "http://first.test:8x/", "http://first_test/", "http://"),
    { name: "an absolute target without a Host field", request: head("GET http://first.test/ HTTP/1.1") },
    { name: "an absolute target in HTTP/1.0 without a Host field", request: head("GET http://first.test/ HTTP/1.0") },
  ],
});
