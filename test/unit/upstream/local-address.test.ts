import { describe, expect, it } from "vitest";
import { connectPlace } from "../../../src/upstream/connect-place.ts";
import { inetAddress, unixAddress } from "../../../src/upstream/peer-address.ts";
import { PLAIN_TRANSPORT } from "../../../src/upstream/transport.ts";
import { compileForwardSite } from "./forward-fixture.ts";

const diagnose = (bind: string): readonly string[] =>
  compileForwardSite(`server { listen 80; location / { ${bind} proxy_pass http://127.0.0.1:1; } }`)
    .diagnostics.filter(({ level }) => level === "emerg")
    .map(({ message }) => message);

describe("proxy_bind", () => {
  it.each(["127.0.0.1", "127.0.0.1:8080", "::1", "[::1]", "[::1]:8080", "off", "$remote_addr", "$server_addr:0"])("takes %s", (address) => {
    expect(diagnose(`proxy_bind ${address};`)).toEqual([]);
  });

  it.each(["localhost", "127.0.0.1:99999", "127.0.0.300", "unix:/x", '""'])("refuses %s at load", (address) => {
    expect(diagnose(`proxy_bind ${address};`)).toEqual([`invalid address "${address.replaceAll('"', "")}"`]);
  });

  it("refuses what it cannot do, and what nobody can", () => {
    expect(diagnose("proxy_bind 127.0.0.1 transparent;")).toEqual(['parameter "transparent" is not supported']);
    expect(diagnose("proxy_bind 127.0.0.1 nope;")).toEqual(['invalid parameter "nope"']);
  });
});

describe("connectPlace()", () => {
  const from = { ...PLAIN_TRANSPORT, localAddress: { localAddress: "127.0.0.2", localPort: 0 } };

  it("has the local address of the transport, and none on a unix socket", () => {
    expect(connectPlace(inetAddress("127.0.0.1", 80), from)).toMatchObject({ host: "127.0.0.1", port: 80, localAddress: "127.0.0.2" });
    expect(connectPlace(inetAddress("127.0.0.1", 80), PLAIN_TRANSPORT)).not.toHaveProperty("localAddress");
    expect(connectPlace(unixAddress("/run/\xc3\xa4.sock"), from)).toEqual({ path: "/run/ä.sock" });
  });
});
