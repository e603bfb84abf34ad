import { describe, expect, test } from "vitest";
import { PasswordChecks } from "../../../../src/modules/auth-basic/password-checks.ts";

const SHA512 = "$6$salt$egUxKNxDs8kPfh8iPMNcosMhb2eWah6d3R44JDm5Rj/j/XWR5E33QPd0YmHXoDHOIDR6kL5D3JcQcz0O8FHE00";
const APR1 = "$apr1$abcdefgh$h9FWgUz3n9YxylKLlR5SQ/";

describe("PasswordChecks", () => {
  test("remembers a right password", async () => {
    const checks = new PasswordChecks();
    const first = checks.check("secret", SHA512);
    expect(first).toBeInstanceOf(Promise);
    expect(await first).toBe(true);
    expect(checks.check("secret", SHA512)).toBe(true);
  });

  test("remembers it for the stored text only", async () => {
    const checks = new PasswordChecks();
    await checks.check("secret", SHA512);
    expect(await checks.check("secret", SHA512.replace("egUx", "egUy"))).toBe(false);
    expect(await checks.check("secret\0", SHA512)).toBe(false);
  });

  test("does not remember a wrong one", async () => {
    const checks = new PasswordChecks();
    expect(await checks.check("wrong", SHA512)).toBe(false);
    expect(checks.check("wrong", SHA512)).toBeInstanceOf(Promise);
    expect(await checks.check("secret", SHA512)).toBe(true);
  });

  test("makes one check of equal ones at the same time", async () => {
    const checks = new PasswordChecks();
    const [one, other] = [checks.check("secret", SHA512), checks.check("secret", SHA512)];
    expect(other).toBe(one);
    expect(await one).toBe(true);
  });

  test("answers at once where that is possible", () => {
    const checks = new PasswordChecks();
    expect(checks.check("secret", "{PLAIN}secret")).toBe(true);
    expect(checks.check("secret", APR1)).toBe(true);
    expect(checks.check("wrong", APR1)).toBe(false);
    expect(checks.check("secret", "secret")).toBe("unknown");
  });
});
