/** The pages that a request may come from: valid_referers. */

import { get } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const SHOW = 'return 200 "[$invalid_referer]";';

const conf = `
http {
  server {
    listen 127.0.0.1:%%PORT%%;
    server_name site.test *.wild.test ~^pattern\\d .dotted.test tail.* Upper.Test;
    location /unset { ${SHOW} }
    location /hosts { valid_referers a.test *.b.test .c.test d.* Upper.Org; ${SHOW} }
    location /none { valid_referers none a.test; ${SHOW} }
    location /blocked { valid_referers blocked a.test; ${SHOW} }
    location /path { valid_referers a.test/dir *.b.test/Case plain.test; ${SHOW} }
    location /names { valid_referers server_names; ${SHOW} }
    location /pattern { valid_referers ~\\.google\\. ~^exact$ ~/only-path; ${SHOW} }
    location /both { valid_referers a.test/dir ~^a\\.test; ${SHOW} }
    location /twice { valid_referers none; valid_referers a.test; ${SHOW} }
    location /inherited { valid_referers a.test; location /inherited/inner { ${SHOW} } location /inherited/own { valid_referers b.test; ${SHOW} } }
    location /if { valid_referers a.test; if ($invalid_referer) { return 403; } return 200 "welcome"; }
    location /in-if { valid_referers a.test; if ($arg_x) { ${SHOW} } return 200 "out"; }
  }
}`;

const from = (target: string, ...referers: readonly string[]): readonly Row[] =>
  referers.map((referer) => ({ name: `${target} from "${referer.slice(0, 80)}"`, request: get(target, `Referer: ${referer}`) }));

compareRows({
  name: "referer",
  conf,
  rows: [
    ...["/unset", "/hosts", "/none", "/blocked", "/names", "/pattern", "/twice", "/if", "/in-if?x=1"].map((target) => ({
      name: `${target} without a Referer`,
      request: get(target),
    })),
    ...from("/unset", "http://any.test/"),
    ...from("/hosts", "http://a.test", "http://a.test/", "https://a.test/x?y", "HTTP://A.TEST/", "http://a.test:8080/x", "http://xa.test/"),
    ...from("/hosts", "http://b.test/", "http://x.b.test/", "http://x.y.b.test/", "http://xb.test/", "http://c.test/", "http://x.c.test/"),
    ...from(
      "/hosts",
      "http://d.test/",
      "http://d.co.test/",
      "http://x.d.test/",
      "http://upper.org/",
      "http://a.test./",
      "http://a.test@b/",
    ),
    ...from(
      "/hosts",
      "ftp://a.test/",
      "a.test",
      "//a.test/path",
      "http:/a.test/path",
      "https:///a.test",
      "http://:80/a.test",
      "about:blank",
      "",
    ),
    ...from(
      "/hosts",
      `http://${"h".repeat(255)}/`,
      `http://${"h".repeat(256)}/`,
      "http://i.r",
      "http://i.ru",
      "http://a.test#x",
      "http://a.test?x",
    ),
    ...from("/none", "", "http://x.test/", "garbage"),
    ...from("/blocked", "", "x", "garbage-longer-than-eleven", "http://x.test/", "http://i.r", "https://i.r"),
    ...from(
      "/path",
      "http://a.test/dir",
      "http://a.test/directory",
      "http://a.test/Dir",
      "http://a.test/",
      "http://a.test",
      "http://a.test:1/dir/x",
    ),
    ...from("/path", "http://x.b.test/Case", "http://x.b.test/case", "http://plain.test/any"),
    ...from(
      "/names",
      "http://site.test/",
      "http://x.wild.test/",
      "http://wild.test/",
      "http://pattern1/x",
      "http://x/pattern1",
      "http://dotted.test/",
    ),
    ...from("/names", "http://x.dotted.test/", "http://tail.test/", "http://upper.test/", "http://other.test/", "https://pattern2:80/x"),
    ...from(
      "/pattern",
      "http://www.google.test/",
      "https://www.GOOGLE.test/",
      "http://x/.google.",
      "http://exact1234",
      "http://x/only-path?q",
      "http://x/other",
    ),
    ...from("/both", "http://a.test/dir", "http://a.test/else", "http://a.testing/x"),
    ...from("/twice", "http://a.test/", "http://b.test/", ""),
    ...from("/inherited/inner", "http://a.test/", "http://b.test/"),
    ...from("/inherited/own", "http://a.test/", "http://b.test/"),
    ...from("/if", "http://a.test/", "http://b.test/"),
    ...from("/in-if?x=1", "http://a.test/", "http://b.test/"),
  ],
});
