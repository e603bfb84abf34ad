/** The virtual servers behind one listening address, as one snapshot compiled them. */

import type { CompiledServer } from "./compiled.ts";
import type { ServerNames } from "./routing/virtual-server.ts";

export interface VirtualHosts {
  readonly defaultServer: CompiledServer;
  readonly names: ServerNames<CompiledServer>;
  /** There is but the default server: names choose nothing. */
  readonly isAlone: boolean;
}
