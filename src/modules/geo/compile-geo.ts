/** The lookup of a `geo` (nginx: ngx_http_geo_addr, ngx_http_geo_real_addr). */

import type { Scope } from "../../http/module.ts";
import type { Evaluate } from "../../http/template.ts";
import { ipBytes, unmapIpv4 } from "../../net/ip-address.ts";
import type { GeoSetting } from "./read-geo.ts";

/** nginx: INADDR_NONE, in place of anything that is no address. */
const NO_ADDRESS = "\xff\xff\xff\xff";

export function compileGeo({ address, table, fallback }: GeoSetting, scope: Scope): Evaluate {
  const text: Evaluate = address === undefined ? (r) => r.exchange.connection.remoteAddress : scope.template(address).evaluate;
  return (r) => table.find(unmapIpv4(ipBytes(text(r)) ?? NO_ADDRESS)) ?? fallback;
}
