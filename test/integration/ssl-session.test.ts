/** Sessions taken up again: tickets, their keys, sessions kept by id, and where none may be. */

import { randomBytes } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { temporaryCertificates } from "../harness/temporary-certificates.ts";
import { askTls, type TlsAnswer, type TlsRequest } from "../harness/tls-client.ts";

const certificates = temporaryCertificates();
const TICKET_KEY = randomBytes(48);

const conf = `
http {
  ssl_certificate ${certificates.server.certificate};
  ssl_certificate_key ${certificates.server.key};
  server { listen 127.0.0.1:%%PORT%% ssl; server_name tickets.test; return 200 "$ssl_session_reused $ssl_session_id"; }
  server {
    listen 127.0.0.1:%%PORT%% ssl; server_name ids.test;
    ssl_session_tickets off; ssl_session_cache shared:SSL:1m;
    return 200 "$ssl_session_reused $ssl_session_id";
  }
  server { listen 127.0.0.1:%%PORT%% ssl; server_name nothing.test; ssl_session_tickets off; return 200 "$ssl_session_reused"; }
  server { listen 127.0.0.1:%%PORT%% ssl; server_name keyed.test; ssl_session_ticket_key ticket.key; return 200 "$ssl_session_reused"; }
  server {
    listen 127.0.0.1:%%PORT%% ssl; server_name verified.test;
    ssl_verify_client optional; ssl_client_certificate ${certificates.ca.certificate};
    return 200 "$ssl_session_reused";
  }
  server {
    listen 127.0.0.1:%%PORT%% ssl; server_name short.test; ssl_session_timeout 1s; ssl_session_tickets off; ssl_session_cache builtin;
    return 200 "$ssl_session_reused";
  }
}`;

let server: RunningServer;

beforeAll(async () => {
  server = await startForegate({ conf, files: { "ticket.key": TICKET_KEY } });
});

async function twice(servername: string, options: Partial<TlsRequest> = {}): Promise<readonly [TlsAnswer, TlsAnswer]> {
  const first = await askTls({ port: server.port(), servername, ...options });
  expect(first.session).toBeDefined();
  return [first, await askTls({ port: server.port(), servername, ...options, session: first.session })];
}

describe("sessions", () => {
  test.each(["TLSv1.2", "TLSv1.3"] as const)("are taken up by ticket in %s", async (maxVersion) => {
    const [first, second] = await twice("tickets.test", { maxVersion });
    expect([first.isReused, second.isReused]).toEqual([false, true]);
    expect([first.answer?.body[0], second.answer?.body[0]]).toEqual([".", "r"]);
  });

  test("kept on the server's side are taken up by their id, which stays", async () => {
    const [first, second] = await twice("ids.test", { maxVersion: "TLSv1.2" });
    expect(second.isReused).toBe(true);
    expect(second.answer?.body).toBe(first.answer?.body.replace(".", "r"));
    expect(first.answer?.body).toMatch(/^\. [0-9a-f]{64}$/);
  });

  test("are taken up by nobody where there are neither tickets nor a cache", async () => {
    for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
      const first = await askTls({ port: server.port(), servername: "nothing.test", maxVersion });
      const second = await askTls({ port: server.port(), servername: "nothing.test", maxVersion, session: first.session });
      expect([second.isReused, second.answer?.body]).toEqual([false, "."]);
    }
  });

  test("end after ssl_session_timeout", async () => {
    const [first, second] = await twice("short.test", { maxVersion: "TLSv1.2" });
    expect(second.isReused).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const third = await askTls({ port: server.port(), servername: "short.test", maxVersion: "TLSv1.2", session: first.session });
    expect(third.isReused).toBe(false);
  });

  test.each(["TLSv1.2", "TLSv1.3"] as const)("of another server are not taken up in %s", async (maxVersion) => {
    const { session } = await askTls({ port: server.port(), servername: "tickets.test", maxVersion });
    const other = await askTls({ port: server.port(), servername: "verified.test", maxVersion, session });
    expect([other.answer?.body, other.isReused]).toEqual([".", false]);
  });

  test.each(["TLSv1.2", "TLSv1.3"] as const)("of clients that are verified are never taken up in %s", async (maxVersion) => {
    const options = { maxVersion, servername: "verified.test", port: server.port() };
    const first = await askTls(options);
    expect((await askTls({ ...options, session: first.session })).isReused).toBe(false);
  });
});

describe("ssl_session_ticket_key", () => {
  test.each(["TLSv1.2", "TLSv1.3"] as const)("makes tickets of one server good for another in %s", async (maxVersion) => {
    await using other = await startForegate({ conf, files: { "ticket.key": TICKET_KEY } });
    const of = async (servername: string): Promise<boolean> => {
      const { session } = await askTls({ port: server.port(), servername, maxVersion });
      return (await askTls({ port: other.port(), servername, maxVersion, session })).isReused;
    };
    expect([await of("keyed.test"), await of("tickets.test")]).toEqual([true, false]);
  });

  test.each(["TLSv1.2", "TLSv1.3"] as const)(
    "named several times opens tickets of any of them in %s, and seals with the first",
    async (maxVersion) => {
      const files = { "a.key": randomBytes(48), "b.key": randomBytes(48), "c.key": randomBytes(48) };
      const start = (...names: readonly string[]): Promise<RunningServer> => {
        const keys = names.map((name) => `ssl_session_ticket_key ${name}.key;`).join(" ");
        const inherited = `ssl_certificate ${certificates.server.certificate}; ssl_certificate_key ${certificates.server.key}; ${keys}`;
        return startForegate({ conf: `http { ${inherited} server { listen 127.0.0.1:%%PORT%% ssl; return 200 x; } }`, files });
      };
      const sessionOf = async (from: RunningServer): Promise<Buffer | undefined> =>
        (await askTls({ port: from.port(), maxVersion })).session;
      const takesUp = async (by: RunningServer, session: Buffer | undefined): Promise<boolean> =>
        (await askTls({ port: by.port(), maxVersion, session })).isReused;
      await using former = await start("a");
      await using rotated = await start("b", "a");
      await using later = await start("c", "b");
      const [old, current] = [await sessionOf(former), await sessionOf(rotated)];
      expect([await takesUp(rotated, old), await takesUp(rotated, current)]).toEqual([true, true]);
      expect([await takesUp(later, old), await takesUp(later, current)]).toEqual([false, true]);
    },
  );
});
