import { describe, expect, it } from "vitest";
import { parseCacheControl } from "../../../../src/http/message/cache-control.ts";

describe("parseCacheControl()", () => {
  it.each([
    ["max-age=5", { freshSeconds: 5, forbidsStoring: false }],
    ["public, S-MaxAge=7, max-age=5", { freshSeconds: 7 }],
    ["max-age=0", { freshSeconds: 0 }],
    ['max-age="9"', { freshSeconds: 9 }],
    ["max-age=x", { freshSeconds: 0 }],
    ["max-age=99999999999", { freshSeconds: 2_147_483_647 }],
    ["No-Store", { forbidsStoring: true }],
    ["no-cache", { forbidsStoring: true, freshSeconds: -1 }],
    ['private="set-cookie"', { forbidsStoring: true }],
    ["stale-while-revalidate=30, stale-if-error=60", { staleWhileRevalidateSeconds: 30, staleIfErrorSeconds: 60 }],
    ["must-revalidate", { mustRevalidate: true }],
    ["proxy-revalidate", { mustRevalidate: true }],
    ["", { forbidsStoring: false, freshSeconds: -1, mustRevalidate: false }],
    ["x-no-store", { forbidsStoring: false }],
    ["max-age=1, max-age=2", { freshSeconds: 1 }],
  ])("reads %j", (value, expected) => {
    expect(parseCacheControl(value)).toMatchObject(expected);
  });
});
