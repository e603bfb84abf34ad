/** What `foregate explain` shows of a request that would be forwarded: made by the encoders that serve requests, without sending anything. */

import type { Handler } from "../http/phase.ts";
import type { RequestContext } from "../http/request-context.ts";
import { keyOf } from "./memcached/protocol.ts";
import type { UpstreamGroup } from "./upstream-group.ts";
import { UnencodableRequest, type UpstreamProtocol, type UpstreamTarget } from "./upstream-protocol.ts";
import { decodePacket } from "./uwsgi/packet.ts";

export interface ExplainedPeer {
  readonly server: string;
  readonly weight: number;
  readonly backup: boolean;
  readonly down: boolean;
}

/** The request as the upstream would get it. */
export type ExplainedContent =
  | {
      readonly protocol: "uwsgi";
      readonly upstream: string;
      readonly peers: readonly ExplainedPeer[];
      readonly modifier1: number;
      readonly modifier2: number;
      readonly vars: readonly (readonly [name: string, value: string])[];
      /** Octets of the var block, to be held against uWSGI's buffer-size. */
      readonly blockBytes: number;
    }
  | {
      readonly protocol: "http";
      readonly upstream: string;
      readonly peers: readonly ExplainedPeer[];
      /** Request line and fields, latin1, with line ends. */
      readonly head: string;
    }
  | {
      readonly protocol: "memcached";
      readonly upstream: string;
      readonly peers: readonly ExplainedPeer[];
      /** As it would be sent. */
      readonly key: string;
    }
  /** It would not be sent at all. */
  | { readonly protocol: "none"; readonly problem: string };

/** Carried by the content handler of a location that forwards. */
export interface Explainable {
  explain(r: RequestContext): ExplainedContent;
}

export type PassHandler = Handler & Explainable;

/** True for the handlers that can show what they would send. */
export function isExplainable(handler: Handler): handler is PassHandler {
  return "explain" in handler;
}

/** `bodyLength` is that of the body that would follow. */
export function explainForward(
  r: RequestContext,
  protocol: UpstreamProtocol,
  target: UpstreamTarget,
  bodyLength: number,
): ExplainedContent {
  const head = protocol.encodeHead(r, target, bodyLength);
  if (head instanceof UnencodableRequest) return { protocol: "none", problem: head.message };
  const upstream = `${target.scheme}${target.group.name}`;
  const peers = explainPeers(target.group);
  if (protocol.name === "http") return { protocol: "http", upstream, peers, head };
  if (protocol.name === "memcached") return { protocol: "memcached", upstream, peers, key: keyOf(head) };
  const packet = decodePacket(head);
  if (packet === undefined) return { protocol: "none", problem: "uwsgi_string leaves a packet that cannot be read back" };
  const { modifier1, modifier2, vars } = packet;
  return { protocol: "uwsgi", upstream, peers, modifier1, modifier2, vars, blockBytes: packet.end - 4 };
}

function explainPeers(group: UpstreamGroup): readonly ExplainedPeer[] {
  return group.servers.map((server) => ({ server: server.server, weight: server.weight, backup: server.isBackup, down: server.isDown }));
}
