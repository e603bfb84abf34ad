import { openSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { describeSystemError } from "../../../src/log/system-error.ts";

function failureOf(path: string): NodeJS.ErrnoException {
  try {
    openSync(path, "r+");
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
  throw new Error(`"${path}" can be opened`);
}

describe("describeSystemError()", () => {
  it.each([
    ["/nonexistent", "2: No such file or directory"],
    ["/", "21: Is a directory"],
    ["/etc/passwd/x", "20: Not a directory"],
    [`/${"x".repeat(300)}`, "36: File name too long"],
  ])("words the failure to open %.20s as the C library does", (path, text) => {
    expect(describeSystemError(failureOf(path))).toBe(text);
  });

  it("words a socket's failure, whose message begins with the call", () => {
    const error = Object.assign(new Error("listen EACCES: permission denied 0.0.0.0:80"), { code: "EACCES", errno: -13 });
    expect(describeSystemError(error)).toBe("13: Permission denied");
  });

  it("gives the message of an error that is none of the system's", () => {
    expect(describeSystemError(new Error("odd"))).toBe("odd");
  });
});
