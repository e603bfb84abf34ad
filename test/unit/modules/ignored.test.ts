import { describe, expect, it } from "vitest";
import { bind } from "../../../src/config/bind.ts";
import { block, defineDirectives } from "../../../src/config/define-directives.ts";
import { parse } from "../../../src/config/parser.ts";
import { createSource } from "../../../src/config/source.ts";
import { sslDirectives } from "../../../src/http/core/ssl-directives.ts";
import { ignoredDirectives } from "../../../src/modules/ignored.ts";
import { unsupportedDirectives } from "../../../src/modules/unsupported.ts";

const blocks = defineDirectives({
  events: block({ in: ["main"], context: "events" }),
  http: block({ in: ["main"], context: "http" }),
  server: block({ in: ["http"], context: "server" }),
  location: block({ in: ["server"], context: "location", arity: 1 }),
});

function judge(text: string): readonly string[] {
  const source = createSource("test.conf", text);
  const { diagnostics } = bind(
    { statements: parse(source).statements, sources: [source] },
    [blocks, sslDirectives, ignoredDirectives],
    unsupportedDirectives,
  );
  return diagnostics.map(({ level, message }) => `[${level}] ${message}`);
}

describe("ignored directives", () => {
  it("are accepted with a notice that says why", () => {
    const source = createSource("test.conf", "http { sendfile on; }");
    const { diagnostics } = bind({ statements: parse(source).statements, sources: [source] }, [blocks, ignoredDirectives]);
    expect(diagnostics).toMatchObject([
      {
        level: "notice",
        code: "ignored-directive",
        message: '"sendfile" directive has no effect',
        hint: "files are read and sent by Node.js",
      },
    ]);
  });

  it("take the temporary paths that images of nginx set", () => {
    const conf = "http { fastcgi_temp_path /tmp/fastcgi 1 2; scgi_temp_path /tmp/scgi; }";
    expect(judge(conf).filter((line) => !line.startsWith("[notice]"))).toEqual([]);
  });

  it("take what Debian's nginx.conf says", () => {
    const conf = `events { use epoll; multi_accept on; } http { sendfile on; tcp_nopush on; types_hash_max_size 2048;
      server_names_hash_bucket_size 64; ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; ssl_prefer_server_ciphers on; }`;
    expect(judge(conf).filter((line) => !line.startsWith("[notice]"))).toEqual([]);
  });

  it.each([
    ["http { sendfile maybe; }", '[emerg] invalid value "maybe" in "sendfile" directive, it must be "on" or "off"'],
    ["http { aio foo; }", '[emerg] "aio" directive invalid value'],
    ["http { directio x; }", '[emerg] "directio" directive invalid value'],
    ["http { output_buffers 1; }", '[emerg] invalid number of arguments in "output_buffers" directive'],
    ["events { sendfile on; }", '[emerg] "sendfile" directive is not allowed here'],
  ])("%s is judged as nginx judges it", (conf, line) => {
    expect(judge(conf)).toContain(line);
  });
});

describe("unsupported directives", () => {
  it("are refused by name, with their content", () => {
    expect(judge("stream { server { listen 1; } } http { server { location / { fastcgi_pass x; } } }")).toEqual([
      '[emerg] "stream" directive is not supported yet',
      '[emerg] "fastcgi_pass" directive is not supported yet',
    ]);
  });

  it("have a reason and a place each, and none is also ignored", () => {
    const wrong = [...unsupportedDirectives].filter(
      ([name, { contexts, why }]) => why === "" || contexts.length === 0 || name in ignoredDirectives || !/^[a-z0-9_]+$/.test(name),
    );
    expect(wrong).toEqual([]);
  });
});
