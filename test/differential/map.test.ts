/** Variables that blocks compute: map, geo, split_clients. */

import { get, withFields } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const conf = `
http {
  map $http_upgrade $connection_upgrade { default upgrade; '' close; }
  map $arg_k $word {
    default none;
    one 1;
    "two words" 2;
    \\default escaped;
    \\~tilde tilde;
    UPPER upper;
    ~^re(?<rest>.*)$ "re:$rest";
    ~*^CASE(.)$ "case:$1";
    ~^both$ second;
    both first;
    "" empty;
  }
  map $arg_k $without_default { x 1; }
  map "$arg_a-$arg_b" $joined { a-b both; "-" neither; default "some:$arg_a$arg_b"; }
  map $http_host $by_host {
    hostnames;
    default other;
    example.test exact;
    *.example.test below;
    .dotted.test dotted;
    tail.* tail;
    ~^regex regex;
  }
  map $word $chained { 1 first; default "chained $word"; }
  map $arg_k $cyclic { default $cyclic_too; }
  map $cyclic $cyclic_too { default x$cyclic; }
  map $arg_n $keeps { volatile; default $arg_n; }
  map $arg_n $kept { default $arg_n; }
  map $uri $by_uri { include %%DIR%%/map.inc; default no; }
  geo $arg_ip $net {
    default out;
    10.0.0.0/8 ten;
    10.1.0.0/16 ten-one;
    10.1.2.3 host;
    192.168.0.0/16 gone;
    delete 192.168.0.0/16;
    2001:db8::/32 six;
    2001:db8:1::/48 six-one;
    255.255.255.255 invalid;
  }
  geo $arg_ip $range {
    ranges;
    default out;
    10.0.0.0-10.0.0.255 first;
    10.0.0.16-10.0.0.31 cut;
    10.0.1.0-10.0.1.0 single;
  }
  geo $client { default far; 127.0.0.0/8 near; }
  geo $arg_ip $behind { default direct; proxy 10.0.0.0/8; 1.2.3.0/24 near; 5.6.0.0/16 far; }
  geo $arg_ip $behind_all { default direct; proxy 10.0.0.0/8; proxy 1.2.3.0/24; proxy_recursive; 1.2.3.0/24 near; 5.6.0.0/16 far; }
  geo $nothing { 10.0.0.0/8 x; }
  split_clients "$arg_k" $variant { 10% ten; 20.5% twenty; 0.25% tiny; * rest; }
  split_clients "$arg_k" $partly { 50% half; }
  split_clients "$arg_k" $literally { * "$arg_k"; }
  server {
    listen 127.0.0.1:%%PORT%%;
    location /upgrade { return 200 "$connection_upgrade\\n"; }
    location /word { return 200 "$word|$without_default|$chained\\n"; }
    location /joined { return 200 "$joined\\n"; }
    location /host { return 200 "$by_host\\n"; }
    location /uri { return 200 "$by_uri\\n"; }
    location /set { set $word changed; return 200 "$word|$chained\\n"; }
    location /if { if ($word = 1) { return 200 "is one\\n"; } return 200 "is not\\n"; }
    location /args { set $before "$keeps|$kept"; set $args n=2; return 200 "$before|$keeps|$kept\\n"; }
    location /geo { return 200 "$net|$range|$client|$nothing\\n"; }
    location /behind { return 200 "$behind|$behind_all\\n"; }
    location /literally { return 200 "$literally\\n"; }
    location /split { return 200 "$variant|$partly\\n"; }
    location ~ ^/captures/(.*)$ { return 200 "$1|$word|$1\\n"; }
  }
}`;

const words = ["", "one", "ONE", "two%20words", "default", "~tilde", "upper", "restart", "REstart", "caseX", "CASEy", "both", "none", "x"];
const addresses =
  "10.0.0.0 10.0.0.15 10.0.0.16 10.0.0.31 10.0.0.32 10.0.0.255 10.0.1.0 10.0.1.1 10.1.0.1 10.1.2.3 10.255.255.255 11.0.0.0 192.168.1.1 2001:db8::1 2001:db8:1::1 2001:db9::1 ::ffff:10.1.2.3 1.2.3 nonsense";

const rows: readonly Row[] = [
  { name: "map of a missing field", request: get("/upgrade") },
  { name: "map of a field", request: get("/upgrade", "Upgrade: websocket") },
  ...words.map((word) => ({ name: `map of "${word}"`, request: get(`/word?k=${word}`) })),
  ...["", "a=a&b=b", "a=a", "b=x", "a=A&b=B"].map((query) => ({
    name: `map of joined arguments "${query}"`,
    request: get(`/joined?${query}`),
  })),
  ...[
    "example.test",
    "EXAMPLE.test",
    "example.test.",
    "a.example.test",
    "dotted.test",
    "a.dotted.test",
    "tail.x",
    "tail.x.y",
    "regex.x",
    "other",
  ].map((host) => ({ name: `map with hostnames of ${host}`, request: withFields(`Host: ${host}`).replace("GET / ", "GET /host ") })),
  { name: "map with an include", request: get("/uri/included") },
  { name: "map with an include that says nothing of it", request: get("/uri/else") },
  { name: "set of a mapped variable", request: get("/set?k=one") },
  { name: "if on a mapped variable, true", request: get("/if?k=one") },
  { name: "if on a mapped variable, false", request: get("/if?k=two") },
  { name: "a mapped value is kept, a volatile one is not", request: get("/args?n=1") },
  { name: "a map with a pattern leaves its captures", request: get("/captures/mine?k=caseX"), differs: "captures-changed-by-map" },
  { name: "a map without a pattern that matches leaves captures alone", request: get("/captures/mine?k=one") },
  ...addresses.split(" ").map((ip) => ({ name: `geo of ${ip}`, request: get(`/geo?ip=${ip}`) })),
  { name: "geo of nothing", request: get("/geo") },
  ...["1.2.3.4", "5.6.7.8, 1.2.3.4", "5.6.7.8, nonsense", "nonsense", ""].flatMap((list) =>
    ["10.0.0.1", "11.0.0.1"].map((ip) => ({
      name: `geo behind ${ip} that says "${list}"`,
      request: get(`/behind?ip=${ip}`, `X-Forwarded-For: ${list}`),
    })),
  ),
  ...Array.from({ length: 24 }, (_, i) => ({ name: `split_clients of client ${i}`, request: get(`/split?k=client${i * i * 7919}`) })),
  { name: "split_clients with a dollar in a value", request: get("/literally?k=1") },
  { name: "split_clients of nothing", request: get("/split") },
  ...["a", "ab", "abc", "abcd", "%C3%A9"].map((text) => ({ name: `split_clients of ${text}`, request: get(`/split?k=${text}`) })),
];

compareRows({ name: "map, geo, split_clients", conf, rows, files: { "map.inc": "/uri/included yes;\n~^/uri/pattern pattern;\n" } });
