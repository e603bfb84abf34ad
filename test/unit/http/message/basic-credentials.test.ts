import { expect, test } from "vitest";
import { readBasicCredentials } from "../../../../src/http/message/basic-credentials.ts";

const encode = (text: string): string => Buffer.from(text, "latin1").toString("base64");

test.each([
  [`Basic ${encode("a:b")}`, { user: "a", password: "b" }],
  [`bASIC   ${encode("a:b:c")}`, { user: "a", password: "b:c" }],
  [`Basic ${encode("a:")}`, { user: "a", password: "" }],
  [`Basic ${encode("\xe9:\xff\0")}`, { user: "\xe9", password: "\xff\0" }],
])("%s names a user", (field, credentials) => expect(readBasicCredentials(field)).toEqual(credentials));

test.each([
  undefined,
  "",
  "Basic",
  "Basic ",
  `Basic${encode("a:b")}`,
  `Bearer ${encode("a:b")}`,
  "Basic !!!!",
  `Basic ${encode("a")}`,
  `Basic ${encode(":b")}`,
])("%s names none", (field) => expect(readBasicCredentials(field)).toBeUndefined());
