/** Links that bear a hash: secure_link, secure_link_md5, secure_link_secret. */

import { createHash } from "node:crypto";
import { get } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const SHOW = 'return 200 "[$secure_link] [$secure_link_expires]";';

const conf = `
http {
  server {
    listen 127.0.0.1:%%PORT%%;
    secure_link_secret outer;
    location /secret/ { secure_link_secret word; ${SHOW} }
    location /p/ { secure_link_secret word; if ($secure_link = "") { return 403; } rewrite ^ /linked/$secure_link; }
    location /linked/ { return 200 "$uri"; }
    location /outer/ { ${SHOW} }
    location /md5/ { secure_link $arg_md5,$arg_expires; secure_link_md5 "word$uri$arg_expires"; ${SHOW} }
    location /plain/ { secure_link $arg_md5; secure_link_md5 "word$uri"; ${SHOW} }
    location /lone/ { secure_link $arg_md5; ${SHOW} }
    location /lone-md5/ { secure_link_md5 $uri; ${SHOW} }
    location /late/ { secure_link $arg_md5,$arg_expires; secure_link_md5 "word$uri$arg_expires"; return 200 "[$secure_link_expires] [$secure_link]"; }
    location /documented/ { secure_link $arg_md5,$arg_expires; secure_link_md5 "$secure_link_expires$uri secret"; ${SHOW} }
    location /nested/ { secure_link $arg_md5; secure_link_md5 "a$uri"; location /nested/in/ { secure_link_md5 "b$uri"; ${SHOW} } }
    location /guarded/ {
      secure_link $arg_md5,$arg_expires;
      secure_link_md5 "word$uri$arg_expires";
      if ($secure_link = "") { return 403; }
      if ($secure_link = "0") { return 410; }
      return 200 "welcome until $secure_link_expires";
    }
  }
}`;

const hex = (text: string): string => createHash("md5").update(text, "latin1").digest("hex");
const base64url = (text: string): string => createHash("md5").update(text, "latin1").digest("base64url");

/** A time long past and one far ahead. */
const PAST = "1000000000";
const AHEAD = "9999999999";

const timed = (uri: string, expires: string, md5 = base64url(`word${uri}${expires}`)): string => `${uri}?md5=${md5}&expires=${expires}`;

const gets = (named: Readonly<Record<string, string>>): readonly Row[] =>
  Object.entries(named).map(([name, target]) => ({ name, request: get(target) }));

const good = base64url("word/plain/a");

compareRows({
  name: "secure_link",
  conf,
  rows: gets({
    "a link behind its hash": `/secret/${hex("linkword")}/link`,
    "a link of several segments with a query": `/secret/${hex("a/b?c=dword")}/a/b?c=d`,
    "a link with an escape is hashed as it came": `/secret/${hex("a%20bword")}/a%20b`,
    "a hash in capitals": `/secret/${hex("linkword").toUpperCase()}/link`,
    "a wrong hash": `/secret/${hex("linkwrong")}/link`,
    "a hash too short": `/secret/${hex("linkword").slice(1)}/link`,
    "a hash too long": `/secret/${hex("linkword")}0/link`,
    "a hash that is none": `/secret/${"g".repeat(32)}/link`,
    "a hash without a link": `/secret/${hex("word")}/`,
    "a hash and no more": `/secret/${hex("word")}`,
    "no hash": "/secret/",
    "a prefix of two segments": `/secret/x/${hex("linkword")}/link`,
    "doubled slashes before the hash": `/secret//${hex("linkword")}/link`,
    "an inherited secret": `/outer/${hex("linkouter")}/link`,
    "a rewritten good link": `/p/${hex("linkword")}/link`,
    "a rewritten bad link": `/p/${hex("bad")}/link`,

    "a good hash without time": `/plain/a?md5=${good}`,
    "a good hash with padding": `/plain/a?md5=${good}==`,
    "a good hash with one padding sign": `/plain/a?md5=${good}=`,
    "a good hash with too much padding": `/plain/a?md5=${good}===`,
    "a good hash and text behind the padding": `/plain/a?md5=${good}=x`,
    "a hash of 23 digits": `/plain/a?md5=${good}A`,
    "a hash of 21 digits": `/plain/a?md5=${good.slice(1)}`,
    "a hash of 25 digits": `/plain/a?md5=${good}AAA`,
    "a hash whose last digit has meaningless bits": `/plain/a?md5=${good.slice(0, -1)}${good.endsWith("A") || good.endsWith("Q") || good.endsWith("g") || good.endsWith("w") ? String.fromCharCode(good.charCodeAt(21) + 1) : "A"}`,
    "a hash in plain base64": `/plain/a?md5=${good.replaceAll("-", "+").replaceAll("_", "/")}+/`,
    "a hash of another uri": `/plain/b?md5=${good}`,
    "an empty hash": "/plain/a?md5=",
    "a hash with a time where none is hashed": `/plain/a?md5=${good},${AHEAD}`,
    "no argument": "/plain/a",

    "a link that is in time": timed("/md5/a", AHEAD),
    "a link that was in time": timed("/md5/a", PAST),
    "a time that was changed": timed("/md5/a", AHEAD, base64url(`word/md5/a${PAST}`)),
    "an empty time": timed("/md5/a", ""),
    "a time of zero": timed("/md5/a", "0"),
    "a negative time": timed("/md5/a", "-1"),
    "a time that is none": timed("/md5/a", "1e9"),
    "a time beyond counting": timed("/md5/a", "9".repeat(30)),
    "a time as large as nginx counts": timed("/md5/a", "9223372036854775807"),
    "a time with leading zeros": timed("/md5/a", `000${AHEAD}`),
    "a wrong hash with a good time": timed("/md5/a", AHEAD, "A".repeat(22)),
    "a hash that is none with a good time": timed("/md5/a", AHEAD, "!".repeat(22)),
    "a hash too long with a good time": timed("/md5/a", AHEAD, "A".repeat(30)),
    "the time asked for before the link": timed("/late/a", AHEAD),

    "a hash of the time that the link brings, as nginx documents it": timed(
      "/documented/a",
      AHEAD,
      base64url(`${AHEAD}/documented/a secret`),
    ),
    "a hash of the time that the link brings, too late": timed("/documented/a", PAST, base64url(`${PAST}/documented/a secret`)),
    "a hash of another time than the link brings": timed("/documented/a", AHEAD, base64url(`${PAST}/documented/a secret`)),

    "secure_link alone": `/lone/${hex("linkouter")}/link?md5=${good}`,
    "secure_link_md5 alone": `/lone-md5/${hex("linkouter")}/link`,
    "the outer link with the inner hash": `/nested/in/a?md5=${base64url("b/nested/in/a")}`,
    "the outer link with the outer hash": `/nested/in/a?md5=${base64url("a/nested/in/a")}`,

    "a guarded place in time": timed("/guarded/a", AHEAD),
    "a guarded place too late": timed("/guarded/a", PAST),
    "a guarded place without a hash": "/guarded/a",
  }),
});
