/** The lookup of a `geo` (nginx: ngx_http_geo_addr, ngx_http_geo_real_addr). */

import { type Choice, findForwardedClient } from "../../http/forwarded-client.ts";
import type { Scope } from "../../http/module.ts";
import type { RequestContext } from "../../http/request-context.ts";
import type { Evaluate } from "../../http/template.ts";
import { isInCidr } from "../../net/cidr.ts";
import { ipBytes, unmapIpv4 } from "../../net/ip-address.ts";
import type { GeoSetting } from "./read-geo.ts";

/** nginx: INADDR_NONE, in place of anything that is no address. */
const NO_ADDRESS = "\xff\xff\xff\xff";

export function compileGeo({ address, table, fallback, proxies, isRecursive }: GeoSetting, scope: Scope): Evaluate {
  const text: Evaluate = address === undefined ? (r) => r.exchange.connection.remoteAddress : scope.template(address).evaluate;
  const isProxy = (bytes: string): boolean => proxies.some((cidr) => isInCidr(unmapIpv4(bytes), cidr));
  const choice: Choice = isRecursive ? "last untrusted" : "last";
  return (r) => {
    const told = ipBytes(text(r)) ?? NO_ADDRESS;
    const client = proxies.length === 0 ? undefined : findForwardedClient(told, forwardedFor(r), isProxy, choice);
    return table.find(unmapIpv4(client?.bytes ?? told)) ?? fallback;
  };
}

/** The lines of X-Forwarded-For in the order they came. */
function forwardedFor({ head }: RequestContext): readonly string[] {
  return head.fieldValues.filter((_, at) => head.fieldNames[at] === "x-forwarded-for");
}
