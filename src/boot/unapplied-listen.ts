/** Parameters of `listen` that nginx sets on the socket and Node.js has no way to: told of by `-t`, so that nobody counts on them. */

import type { ListenSpec } from "../http/core/listen-address.ts";

/** As they are written, without their values. */
export function unappliedParameters({
  deferred,
  rcvbufBytes,
  sndbufBytes,
  fastopen,
  reuseport,
  soKeepalive,
  acceptFilter,
}: ListenSpec): readonly string[] {
  const finer = typeof soKeepalive === "object" && (soKeepalive.intervalSeconds !== undefined || soKeepalive.probes !== undefined);
  return [
    ...(deferred ? ["deferred"] : []),
    ...(reuseport ? ["reuseport"] : []),
    ...(rcvbufBytes === undefined ? [] : ["rcvbuf"]),
    ...(sndbufBytes === undefined ? [] : ["sndbuf"]),
    ...(fastopen === undefined ? [] : ["fastopen"]),
    ...(acceptFilter === undefined ? [] : ["accept_filter"]),
    ...(finer ? ["so_keepalive (interval and count)"] : []),
  ];
}
