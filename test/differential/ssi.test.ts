/** `ssi`: every command, what it may be given, mistakes in it, and which pages are read at all. */

import { startOrigin } from "../harness/origin.ts";
import { get, request } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const conf = `
http {
  server {
    listen 127.0.0.1:%%PORT%%;
    default_type text/html;
    root %%DIR%%/www;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    set $mine "<mine>";
    ssi on;
    location / { }
    location /off/ { ssi off; }
    location /silent/ { ssi_silent_errors on; }
    location /short/ { ssi_value_length 8; }
    location /typed/ { default_type text/plain; ssi_types text/plain; }
    location /plain/ { default_type text/plain; }
    location /validators/ { ssi_last_modified on; }
    location /said { return 200 "[said $uri $args $request_uri]"; }
    location /status-404 { return 404 "own 404"; }
    location /builtin-404 { return 404; }
    location /says-nothing { return 200 ""; }
    location /says-204 { return 204; }
    location /denied { deny all; return 200 "in all the same"; }
    location /internal { internal; return 200 "internal"; }
    location /sets { set $mine "changed"; return 200 "sets"; }
    location /paged { error_page 404 /said; return 404; }
    location /proxied/ { proxy_pass http://127.0.0.1:%%ORIGIN%%; }
    location /unread/ { ssi off; proxy_pass http://127.0.0.1:%%ORIGIN%%; }
  }
}`;

const LARGE = "0123456789abcdef".repeat(8000);
/** By name; each is a page. */
const PAGES: Readonly<Record<string, string>> = {
  text: "no command at all\n",
  "look-alikes": "< <! <!- <!-- <!-- # <<!--x <!---# --> a<b <",
  "end-opening": "page <!--",
  "end-command": 'page <!--# echo var="uri"',
  echo: '[<!--# echo var="uri" -->] [<!--#echo var="arg_a"-->] [<!--#echo var=\'mine\' -->] [<!--# echo var="nothing" -->] [<!--# echo var="nothing" default="none here" -->] [<!--# echo var="nothing" default="" -->]',
  encodings:
    '<!--# echo var="mine" encoding="none" --> <!--# echo var="mine" --> <!--# echo var="arg_a" encoding="url" --> <!--# echo var="mine" encoding="entity" --> <!--# echo var="mine" encoding="odd" -->',
  "url-encoded": '<!--# echo var="args" encoding="url" -->',
  spaces: '<!--#\n\techo\r\n   var  =  "uri"\n-->.',
  "odd-commands": '<!--# nothing --> <!--# --> <!--#echo--> <!--# ECHO var="uri" --> <!--# printenv -->',
  "odd-params":
    '<!--# echo vat="uri" --> <!--# echo var=uri --> <!--# echo var --> <!--# echo var="uri" var="x" --> <!--# echo var="uri"x --> <!--# echo var-="x" -->|',
  "odd-ends": '<!--# echo var="uri" -> x --> <!--# echo var="uri" - --> y --> <!--# echo -x --> z',
  "long-command": `<!--# ${"c".repeat(40)} --> <!--# echo ${"p".repeat(40)}="x" --> <!--# echo default="${"d".repeat(300)}" var="nothing" --> <!--# echo default="${"d".repeat(255)}" var="nothing" -->`,
  "many-params": `<!--# echo ${'var="uri" '.repeat(20)}-->`,
  errmsg: '<!--# config errmsg="OH" --><!--# nothing --><!--# config errmsg="[]" --><!--# nothing -->.',
  timefmt:
    '<!--# config timefmt="%Y" --><!--# echo var="date_gmt" --> <!--# config timefmt="%d.%m.%Y %H %j %u %b %B %a %A %y %e|%F %%|%Z" --><!--# echo var="date_gmt" -->',
  set: '<!--# set var="a" value="1" --><!--# echo var="a" --> <!--# set var="A" value="<$a ${a}x $nothing \\$a \\" \\x>" --><!--# echo var="a" encoding="none" --> <!--# set var="uri" value="own" --><!--# echo var="uri" --> <!--# set var="a" value="${a" --> <!--# set var="b" value="a$" --> <!--# set var="b" --> <!--# set var="c" value="$mine" --><!--# echo var="c" -->',
  if: '<!--# if expr="$arg_a" -->yes<!--# else -->no<!--# endif --> <!--# if expr="$nothing" -->yes<!--# elif expr="$uri" -->elif<!--# else -->no<!--# endif --> <!--# if expr="$nothing" -->a<!--# elif expr="$nothing" -->b<!--# else -->c<!--# endif --> <!--# if expr="$uri" -->a<!--# elif expr="$uri" -->b<!--# else -->c<!--# endif -->',
  compare:
    '<!--# if expr="$arg_a = x" -->=<!--# endif --><!--# if expr="$arg_a != x" -->!=<!--# endif --><!--# if expr="$arg_a=x y" -->=xy<!--# endif --> <!--# if expr="$arg_a = /^x/" -->re<!--# endif --> <!--# if expr="$arg_a != /^x/" -->not re<!--# endif --> <!--# if expr="$uri = /\\/(?P<name>c\\w+)/" -->[<!--# echo var="name" -->|<!--# echo var="1" -->|<!--# echo var="0" -->|<!--# echo var="2" -->]<!--# endif --> <!--# if expr="ABC = abc" -->lower<!--# endif --> <!--# if expr="a = \\/b" -->slash<!--# endif -->',
  "odd-if":
    '<!--# if expr="$uri ~ x" -->a<!--# endif --> <!--# if expr="$uri = /x" -->b<!--# endif --> <!--# else -->c<!--# endif --> <!--# elif expr="x" -->d <!--# if expr="$uri" -->e<!--# if expr="$uri" -->f<!--# endif -->g<!--# endif -->h <!--# if expr="$nothing" -->i<!--# if expr="$uri" -->j<!--# endif -->k<!--# endif --> <!--# if expr="$uri" -->l<!--# else -->m<!--# elif expr="$uri" -->n<!--# else -->o<!--# endif --><!--# if -->',
  include:
    'a<!--# include virtual="/said?b=c" -->b<!--# include virtual="said-too" -->c<!--# include file="text" -->d<!--# include virtual="/said?x=$arg_a" -->e',
  "include-odd":
    '<!--# include --> <!--# include virtual="/said" file="text" --> <!--# include virtual="/../x" --> <!--# include virtual="/%2e%2e/x" --> <!--# include virtual="" --> <!--# include file="text" wait="yes" --> <!--# include virtual="/said" wait="perhaps" --> <!--# include virtual="/said" set="a" stub="b" --> <!--# include virtual="/said" stub="unknown" -->',
  "include-kinds":
    '[<!--# include virtual="/status-404" -->] [<!--# include virtual="/denied" -->] [<!--# include virtual="/internal" -->] [<!--# include virtual="/says-nothing" -->] [<!--# include virtual="/says-204" -->] [<!--# include virtual="/paged" -->]',
  "include-missing": '[<!--# include virtual="/no-such-page" -->] [<!--# include virtual="/builtin-404" -->]',
  "include-pages":
    '1<!--# include virtual="/echo?a=inner" -->2<!--# include virtual="/off/echo" -->3<!--# include virtual="/plain/echo" -->4',
  "include-origin":
    '1<!--# include virtual="/proxied/slow" -->2<!--# include virtual="/proxied/quick" -->3<!--# include virtual="/unread/page" -->4<!--# include virtual="/proxied/page" -->5',
  "include-large": '1<!--# include virtual="/large" -->2<!--# include virtual="/proxied/large" -->3<!--# include virtual="/large" -->4',
  "include-many": '<!--# include virtual="/said" -->'.repeat(150),
  "include-escaped": '<!--# include virtual="/sa%69d?a%20b" -->',
  wait: '<!--# include virtual="/sets" wait="yes" --> <!--# echo var="mine" --> <!--# include virtual="/vars" wait="yes" --> <!--# echo var="inner" -->',
  vars: '<!--# set var="inner" value="set by the included page" -->',
  "include-set":
    '<!--# include virtual="/proxied/quick" set="q" -->[<!--# echo var="q" -->] <!--# include virtual="/proxied/status-500" set="s" -->[<!--# echo var="s" -->] <!--# set var="k" value="kept" --><!--# include virtual="/proxied/status-500" set="k" -->[<!--# echo var="k" -->]',
  stub: '<!--# block name="one" -->the <b>stub</b> <!--# echo var="uri" --> <!--# endblock -->[<!--# include virtual="/builtin-404" stub="one" -->] [<!--# include virtual="/said" stub="one" -->] [<!--# include virtual="/no-such-page" stub="one" -->]',
  "stub-own-404": '<!--# block name="one" -->stub<!--# endblock -->[<!--# include virtual="/proxied/status-404" stub="one" -->]',
  block:
    '<!--# block name="a" -->hidden <!--# if expr="$uri" -->x<!--# endif --><!--# endblock -->shown<!--# endblock -->|<!--# block -->|<!--# block name="b" -->never ended',
  nested: '(<!--# include virtual="/nested-2" -->)',
  "nested-2": '{<!--# include virtual="/said" -->}',
};

const SAME_PAGES = ["off/echo", "silent/odd-commands", "silent/errmsg", "short/echo", "typed/echo", "plain/echo", "validators/echo"];
const files = Object.fromEntries([
  ...Object.entries(PAGES).map(([name, page]) => [`www/${name}`, page]),
  ...SAME_PAGES.map((path) => [`www/${path}`, PAGES[path.slice(path.indexOf("/") + 1)] ?? ""]),
  ["www/large", `${LARGE}<!--# echo var="uri" -->${LARGE}`],
]);

const text = (status: string, body: string): string =>
  `HTTP/1.1 ${status}\r\nContent-Type: text/html\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

const gets = (...targets: readonly string[]): readonly Row[] => targets.map((target) => ({ name: `GET ${target}`, request: get(target) }));

compareRows({
  name: "ssi",
  conf,
  files,
  origins: async () => {
    const page = '<p><!--# echo var="uri" --></p>';
    const origin = await startOrigin(({ target }) => {
      if (target.endsWith("slow")) return { parts: [text("200 OK", "slow").slice(0, -4), 150, "slow"] };
      if (target.endsWith("page")) {
        const whole = text("200 OK", page);
        return { parts: [...whole].flatMap((character, index) => (index > whole.length - page.length ? [character] : [character])) };
      }
      if (target.endsWith("large")) return text("200 OK", LARGE);
      if (target.endsWith("status-500")) return text("500 No", "broken");
      if (target.endsWith("status-404")) return text("404 No", "not found by the origin");
      return text("200 OK", "quick");
    });
    return { values: { ORIGIN: origin.port }, stop: origin.stop };
  },
  rows: [
    ...["look-alikes", "end-opening"].map((name) => ({
      name: `GET /${name}`,
      request: get(`/${name}`),
      differs: "ends-of-pages",
      ours: 200,
    })),
    ...gets(
      ...Object.keys(PAGES)
        .filter((name) => name !== "look-alikes" && name !== "end-opening")
        .map((name) => `/${name}?a=x%20y`),
      ...SAME_PAGES.map((path) => `/${path}`),
    ),
    ...gets("/compare?a=x", "/echo", "/large", "/proxied/page", "/nothing-here"),
    { name: "HEAD", request: request("HEAD", "/echo") },
    {
      name: "bytes of a URL-encoded echo",
      request: get("/url-encoded?!\"$%&'()*+,-./:;<=>?@[\\]^_`{|}~\x80\xff"),
    },
    { name: "a range", request: get("/echo", "Range: bytes=0-3") },
    { name: "HTTP/1.0", request: "GET /include HTTP/1.0\r\nHost: localhost\r\n\r\n" },
    { name: "two pages on one connection", request: get("/include", "Connection: keep-alive") + get("/echo"), answers: 2 },
  ],
});
