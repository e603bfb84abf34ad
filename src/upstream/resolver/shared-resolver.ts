/** The resolver of a block: the same for all blocks with the same settings, through reloads, so that answers are remembered once. */

import type { Services } from "../../http/module.ts";
import type { FindAddresses } from "./host-addresses.ts";
import { NameResolver } from "./name-resolver.ts";
import type { ResolverSetting } from "./resolver-directives.ts";

/** Undefined where no `resolver` is in force. */
export function sharedResolver(
  setting: ResolverSetting | undefined,
  timeoutMs: number,
  services: Pick<Services, "shared" | "onExit">,
): FindAddresses | undefined {
  if (setting === undefined) return undefined;
  const resolver = services.shared(`resolver ${JSON.stringify(setting)}`, () => {
    const made = new NameResolver(setting);
    services.onExit(() => made.close());
    return made;
  });
  return (host) => resolver.resolve(host, timeoutMs);
}
