import { describe, expect, test } from "vitest";
import { findSystemUser, SystemUserError } from "../../../src/process/system-user.ts";

describe("findSystemUser()", () => {
  test("finds the group that is called as the user", () => {
    expect(findSystemUser("root")).toEqual({ name: "root", uid: 0, gid: 0 });
  });

  test("finds a group of another name", () => {
    expect(findSystemUser("nobody", "root")).toMatchObject({ name: "nobody", gid: 0 });
  });

  test.each([
    ["nosuch-user", "root", 'getpwnam("nosuch-user") failed'],
    ["root", "nosuch-group", 'getgrnam("nosuch-group") failed'],
    ["", "root", 'getpwnam("") failed'],
    ["--help", "root", 'getpwnam("--help") failed'],
  ])("refuses user %j of group %j in nginx's words", (user, group, message) => {
    expect(() => findSystemUser(user, group)).toThrow(new SystemUserError(message));
  });
});
