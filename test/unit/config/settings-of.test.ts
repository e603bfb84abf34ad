import { describe, expectTypeOf, it } from "vitest";
import { type BlockWith, headOf } from "../../../src/config/bind.ts";
import type { SettingsOf, SlotSetting } from "../../../src/config/directive.ts";
import type { Span } from "../../../src/config/source.ts";
import type { TemplateText } from "../../../src/config/template-text.ts";
import type { siteDirectives } from "./site-directives.ts";

type Conf = SettingsOf<typeof siteDirectives>;

describe("SettingsOf", () => {
  it("gives a value with a default its own type", () => {
    expectTypeOf<Conf["tcp_nodelay"]>().toEqualTypeOf<boolean>();
    expectTypeOf<Conf["limit_req_status"]>().toEqualTypeOf<number>();
    expectTypeOf<Conf["satisfy"]>().toEqualTypeOf<"all" | "any">();
    expectTypeOf<Conf["expires"]>().toEqualTypeOf<number | "off">();
  });

  it("adds undefined where there is no default, and false where there are no arguments", () => {
    expectTypeOf<Conf["worker_connections"]>().toEqualTypeOf<number | undefined>();
    expectTypeOf<Conf["proxy_pass"]>().toEqualTypeOf<TemplateText | undefined>();
    expectTypeOf<Conf["internal"]>().toEqualTypeOf<boolean>();
  });

  it("makes lists of what may stand several times", () => {
    type LimitReq = Conf["limit_req"][number];
    expectTypeOf<LimitReq["zone"]>().toEqualTypeOf<string>();
    expectTypeOf<LimitReq["burst"]>().toEqualTypeOf<number>();
    expectTypeOf<LimitReq["nodelay"]>().toEqualTypeOf<boolean>();
    expectTypeOf<LimitReq["span"]>().toEqualTypeOf<Span>();
    type AccessLog = Conf["access_log"][number];
    expectTypeOf<AccessLog["format"]>().toEqualTypeOf<string | undefined>();
    expectTypeOf<AccessLog["buffer"]>().toEqualTypeOf<number | undefined>();
    expectTypeOf<Conf["server_name"]>().toEqualTypeOf<readonly string[][]>();
    expectTypeOf<Conf["map"][number]["from"]>().toEqualTypeOf<string>();
  });

  it("joins directives of a slot under the slot's name", () => {
    expectTypeOf<Conf["root"]>().toEqualTypeOf<SlotSetting<"root", TemplateText> | SlotSetting<"alias", TemplateText>>();
    type Step = Conf["rewrite_steps"][number];
    expectTypeOf<Step["directive"]>().toEqualTypeOf<"if" | "rewrite" | "set" | "return">();
    expectTypeOf<Extract<Step, { directive: "if" }>["value"]>().toEqualTypeOf<BlockWith<undefined>>();
    expectTypeOf<Extract<Step, { directive: "rewrite" }>["value"]>().toEqualTypeOf<{ regex: string; replacement: string }>();
  });

  it("gives a block's head the type of what its parse returns", () => {
    expectTypeOf(headOf<{ modifier: string; name: string }>).returns.toEqualTypeOf<{ modifier: string; name: string }>();
    expectTypeOf<typeof siteDirectives.location>().toExtend<Parameters<typeof headOf<{ modifier: string; name: string }>>[1]>();
  });

  it("holds no blocks, no ignored directives and no misspelt names", () => {
    type Absent = Extract<keyof Conf, "server" | "location" | "sendfile" | "alias" | "if" | "rot">;
    expectTypeOf<Absent>().toEqualTypeOf<never>();
  });
});
