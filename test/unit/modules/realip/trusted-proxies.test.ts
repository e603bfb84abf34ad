import { describe, expect, test } from "vitest";
import { TrustedProxies } from "../../../../src/modules/realip/trusted-proxies.ts";
import { type Cidr, parseCidr } from "../../../../src/net/cidr.ts";
import { ipBytes } from "../../../../src/net/ip-address.ts";

const range = (text: string): Cidr => parseCidr(text) as Cidr; // the tests name ranges only
const bytes = (address: string): string => ipBytes(address) ?? "";

describe("TrustedProxies", () => {
  test("trusts what is in a range, also where a dual-stack socket shows it as IPv6", () => {
    const trusted = new TrustedProxies([range("10.0.0.0/8"), range("2001:db8::/32")], async () => []);
    expect(["10.1.2.3", "::ffff:10.1.2.3", "2001:db8::1"].map((each) => trusted.trusts(bytes(each)))).toEqual([true, true, true]);
    expect(["11.1.2.3", "::10.1.2.3", "::1"].map((each) => trusted.trusts(bytes(each)))).toEqual([false, false, false]);
    expect(trusted.trusts("unix:")).toBe(false);
    expect(trusted.pending()).toBeUndefined();
  });

  test("trusts unix sockets by their word alone", () => {
    const trusted = new TrustedProxies(["unix:"], async () => []);
    expect(trusted.trusts("unix:")).toBe(true);
    expect(trusted.trusts(bytes("127.0.0.1"))).toBe(false);
  });

  test("asks for a host once and trusts all its addresses then", async () => {
    const asked: string[] = [];
    const trusted = new TrustedProxies([{ host: "balancer.test" }], async (host) => {
      asked.push(host);
      return ["192.0.2.1", "2001:db8::1"];
    });
    const [first, second] = [trusted.pending(), trusted.pending()];
    expect(await Promise.all([first, second])).toEqual([[], []]);
    expect(trusted.pending()).toBeUndefined();
    expect(asked).toEqual(["balancer.test"]);
    expect(["192.0.2.1", "2001:db8::1", "192.0.2.2"].map((each) => trusted.trusts(bytes(each)))).toEqual([true, true, false]);
  });

  test("trusts nobody by a name without an address, and does not ask again at once", async () => {
    let asked = 0;
    const trusted = new TrustedProxies([{ host: "nowhere.test" }], async () => {
      asked++;
      return [];
    });
    expect(await trusted.pending()).toEqual(["nowhere.test"]);
    expect(trusted.pending()).toBeUndefined();
    expect(asked).toBe(1);
    expect(trusted.trusts(bytes("192.0.2.1"))).toBe(false);
  });
});
