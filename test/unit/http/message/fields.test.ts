import { describe, expect, it } from "vitest";
import { FieldName, fieldNameAt, nameForm } from "../../../../src/http/message/field-name.ts";
import {
  connectionOptions,
  fieldSeparator,
  httpVarName,
  isHopByHop,
  isWritableName,
  isWritableValue,
} from "../../../../src/http/message/fields.ts";

describe("fieldNameAt()", () => {
  it("gives one object per spelling, and never another's", () => {
    const text = "Host: a";
    expect(fieldNameAt(text, 0, 4)).toBe(fieldNameAt(text, 0, 4));
    for (let round = 0; round < 3; round++) {
      for (let number = 0; number < 5000; number++) {
        const raw = `X-Name-${number}`;
        expect(fieldNameAt(`.${raw}:`, 1, raw.length + 1)).toMatchObject({ raw, lower: raw.toLowerCase(), form: nameForm.plain });
      }
    }
    expect(fieldNameAt(text, 0, 4).lower).toBe("host");
  });

  it.each([
    ["X-A1", nameForm.plain],
    ["X_A", nameForm.underscored],
    ["X.A", nameForm.irregular],
    ["X\xe9", nameForm.irregular],
    ["", nameForm.refused],
    ["X A", nameForm.refused],
    ["X\x7f", nameForm.refused],
    ["X\0", nameForm.refused],
  ])("knows the form of %j", (raw, form) => {
    expect(fieldNameAt(raw, 0, raw.length).form).toBe(form);
  });

  it("lowers ASCII letters and leaves other bytes alone", () => {
    expect(new FieldName("X-\xc9\xdf").lower).toBe("x-\xc9\xdf");
  });
});

describe("httpVarName()", () => {
  it.each([
    ["x-forwarded-for", "HTTP_X_FORWARDED_FOR"],
    ["host", "HTTP_HOST"],
    ["x.dot", "HTTP_X.DOT"],
    ["x!bang", "HTTP_X!BANG"],
    ["x_u", "HTTP_X_U"],
    ["x-\xdf\xff", "HTTP_X_\xdf\xff"],
  ])("names %j %j", (lower, name) => {
    expect(httpVarName(lower)).toBe(name);
    expect(httpVarName(lower)).toBe(name);
  });
});

describe("field rules", () => {
  it("join Cookie with a semicolon and all else with a comma", () => {
    expect([fieldSeparator("cookie"), fieldSeparator("accept")]).toEqual(["; ", ", "]);
  });

  it("know what stays on its hop", () => {
    expect(["connection", "te", "upgrade", "transfer-encoding"].every(isHopByHop)).toBe(true);
    expect(["host", "content-length", "cookie"].some(isHopByHop)).toBe(false);
    expect(connectionOptions("close, X-Hop ,,\tKeep-Alive")).toEqual(["close", "x-hop", "keep-alive"]);
  });

  it("let nothing out that would end a line or be cut to another byte", () => {
    expect(["X-A", "x!y"].every(isWritableName)).toBe(true);
    expect(["", "a b", "a:b", "a\r\n", "\xe9"].some(isWritableName)).toBe(false);
    expect(["", "a b\t", "caf\xe9"].every(isWritableValue)).toBe(true);
    expect(["a\rb", "a\nb", "a\0b", "\u010d\u010a"].some(isWritableValue)).toBe(false);
  });
});
