/** The directives of an `upstream` block that say how a peer is chosen, each read into a way to make the balancer. */

import { defineDirectives, many } from "../../config/define-directives.ts";
import type { Report } from "../../config/report.ts";
import { parseTemplateText, type TemplateText } from "../../config/template-text.ts";
import type { Arg } from "../../config/tree.ts";
import type { Template } from "../../http/template.ts";
import type { Balancer } from "../balancer.ts";
import type { Peer } from "../peer.ts";
import { createConsistentHash } from "./consistent-hash.ts";
import { createIpHash } from "./ip-hash.ts";
import { createKeyHash } from "./key-hash.ts";
import { createLeastConn } from "./least-conn.ts";
import { createRandom } from "./random.ts";

export type CreateBalancer = (peers: readonly Peer[]) => Balancer;

export interface BalancingMethod {
  /** nginx: a server that follows a method without them may not be one. */
  readonly hasBackups: boolean;
  /** Called once all variables are known. */
  link(compile: (text: TemplateText) => Template): CreateBalancer;
}

/** Lists, since nginx takes the last of several with a warning. */
export const methodDirectives = defineDirectives({
  ip_hash: many({ in: ["upstream"], parse: () => method(false, createIpHash), arity: 0, syntax: "" }),
  least_conn: many({ in: ["upstream"], parse: () => method(true, createLeastConn), arity: 0, syntax: "" }),
  hash: many({ in: ["upstream"], parse: readHash, arity: [1, 2], syntax: "key [consistent]" }),
  random: many({ in: ["upstream"], parse: readRandom, arity: [0, 2], syntax: "[two [least_conn]]" }),
});

function method(hasBackups: boolean, create: CreateBalancer): BalancingMethod {
  return { hasBackups, link: () => create };
}

function readHash([key, consistent]: readonly Arg[], report: Report): BalancingMethod | undefined {
  if (consistent !== undefined && consistent.text !== "consistent") return invalidParameter(consistent, report);
  const text = key === undefined ? undefined : parseTemplateText(key, report);
  if (text === undefined) return undefined;
  const create = consistent === undefined ? createKeyHash : createConsistentHash;
  return {
    hasBackups: false,
    link: (compile) => {
      const { evaluate } = compile(text);
      return (peers) => create(peers, evaluate);
    },
  };
}

function readRandom([two, by]: readonly Arg[], report: Report): BalancingMethod | undefined {
  if (two === undefined) return method(false, (peers) => createRandom(peers, "one"));
  if (two.text !== "two") return invalidParameter(two, report);
  if (by === undefined || by.text === "least_conn") return method(false, (peers) => createRandom(peers, "two"));
  if (!by.text.startsWith("least_time")) return invalidParameter(by, report);
  return report.error(`parameter "${by.text}" is not supported yet`, by.span);
}

function invalidParameter(arg: Arg, report: Report): undefined {
  return report.error(`invalid parameter "${arg.text}"`, arg.span);
}
