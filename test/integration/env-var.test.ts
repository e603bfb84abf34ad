/** `env_var`: the environment in listeners, answers and workers, and what is said when it is not there. */

import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { get } from "../differential/requests.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { createPrefix, removePrefix } from "../harness/temporary-prefix.ts";
import { runForegate } from "./run-program.ts";

const ENV = { ...process.env, FG_GREETING: "hello $uri", FG_HOST: "127.0.0.1", FG_STATUS: "203" };

const conf = (main: string): string => `${main}
env_var FG_GREETING;
env_var FG_HOST;
env_var FG_STATUS 204;
env_var FG_NONE "by default";
http {
  map $env_FG_NONE $mapped { "\${env:FG_NONE}" yes; default no; }
  server {
    listen 127.0.0.1:%%PORT%%;
    server_name \${env:FG_HOST};
    location / { return \${env:FG_STATUS} "$env_FG_GREETING|$uri|\${uri}|\${env_FG_NONE}|$mapped\\n"; }
  }
}`;

describe("env_var", () => {
  it.each(["master_process off;", "master_process on; worker_processes 2;"])("is read in the process that serves: %s", async (main) => {
    await using server = await startForegate({ conf: conf(main), env: ENV });
    const { answers } = await server.exchange(get("/x"));
    expect(answers).toMatchObject([{ status: 203, body: "hello $uri|/x|/x|by default|yes\n" }]);
  });
});

describe("env_var in -t", () => {
  let dir = "";
  beforeAll(() => {
    dir = createPrefix({ "logs/": "" });
  });
  afterAll(() => removePrefix(dir));

  it.each([
    ["env_var FG_GONE; events {}", 'environment variable "FG_GONE" is not set'],
    ["events {} pid ${env:FG_GONE};", 'environment variable "FG_GONE" is not declared'],
    ["env_var FG_A 1; events {} http { server { listen 127.0.0.1:1; set $env_FG_A x; } }", 'the duplicate "env_FG_A" variable'],
    ["events {} http { env_var FG_A 1; }", '"env_var" directive is not allowed here'],
    ["env_var FG_A 1 2; events {}", 'invalid number of arguments in "env_var" directive'],
    ["events {} include ${env:FG_A}/*.conf;", '"include" takes no environment variables'],
    ["env_var FG_A 1; events {} http { server { listen 127.0.0.1:1; return 200 $env_FG_B; } }", 'unknown "env_FG_B" variable'],
  ])("%s is refused", (text, message) => {
    const prefix = createPrefix({ "logs/": "", "t.conf": text });
    try {
      const { code, stderr } = runForegate(["-t", "-q", "-p", prefix, "-c", "t.conf"], dir);
      expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
    } finally {
      removePrefix(prefix);
    }
  });
});

test("the configuration of docs/environment.md is taken", () => {
  const page = readFileSync(new URL("../../docs/environment.md", import.meta.url), "utf8");
  const shown = /^```nginx\n(.*?)^```$/ms.exec(page)?.[1] ?? "";
  const prefix = createPrefix({ "logs/": "", "t.conf": `env BACKEND_HOST=127.0.0.1; env API_TOKEN=secret;\n${shown}` });
  try {
    expect(shown).toContain("env_var");
    expect(runForegate(["-t", "-q", "-p", prefix, "-c", "t.conf"], prefix)).toMatchObject({ code: 0, stderr: "" });
  } finally {
    removePrefix(prefix);
  }
});
