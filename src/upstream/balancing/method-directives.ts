/** The directives of an `upstream` block that say how a peer is chosen. */

import { defineDirectives, many } from "../../config/define-directives.ts";
import type { Report } from "../../config/report.ts";
import { parseTemplateText, type TemplateText } from "../../config/template-text.ts";
import type { Arg } from "../../config/tree.ts";
import type { Evaluate, Template } from "../../http/template.ts";
import type { MethodName } from "./create-balancer.ts";
import { clientKey } from "./ip-hash.ts";

export interface LinkedMethod {
  readonly name: MethodName;
  /** What of a request is hashed; undefined: nothing. */
  readonly keyOf: Evaluate | undefined;
}

export interface BalancingMethod {
  /** nginx: a server that follows a method without them may not be one. */
  readonly hasBackups: boolean;
  /** Called once all variables are known. */
  link(compile: (text: TemplateText) => Template): LinkedMethod;
}

/** Lists, since nginx takes the last of several with a warning. */
export const methodDirectives = defineDirectives({
  ip_hash: many({ in: ["upstream"], parse: () => method(false, "ip_hash", clientKey), arity: 0, syntax: "" }),
  least_conn: many({ in: ["upstream"], parse: () => method(true, "least_conn"), arity: 0, syntax: "" }),
  hash: many({ in: ["upstream"], parse: readHash, arity: [1, 2], syntax: "key [consistent]" }),
  random: many({ in: ["upstream"], parse: readRandom, arity: [0, 2], syntax: "[two [least_conn]]" }),
});

function method(hasBackups: boolean, name: MethodName, keyOf?: Evaluate): BalancingMethod {
  return { hasBackups, link: () => ({ name, keyOf }) };
}

function readHash([key, consistent]: readonly Arg[], report: Report): BalancingMethod | undefined {
  if (consistent !== undefined && consistent.text !== "consistent") return invalidParameter(consistent, report);
  const text = key === undefined ? undefined : parseTemplateText(key, report);
  if (text === undefined) return undefined;
  const name = consistent === undefined ? "hash" : "consistent hash";
  return { hasBackups: false, link: (compile) => ({ name, keyOf: compile(text).evaluate }) };
}

function readRandom([two, by]: readonly Arg[], report: Report): BalancingMethod | undefined {
  if (two === undefined) return method(false, "random");
  if (two.text !== "two") return invalidParameter(two, report);
  if (by === undefined || by.text === "least_conn") return method(false, "random two");
  if (!by.text.startsWith("least_time")) return invalidParameter(by, report);
  return report.error(`parameter "${by.text}" is not supported yet`, by.span);
}

function invalidParameter(arg: Arg, report: Report): undefined {
  return report.error(`invalid parameter "${arg.text}"`, arg.span);
}
