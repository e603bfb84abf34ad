/** What a client identifier's cookie says behind its value (nginx: ngx_http_userid_set_uid). */

import type { Report } from "../../config/report.ts";
import type { Arg } from "../../config/tree.ts";
import { seconds } from "../../config/values.ts";

/** "max", or seconds from now; 0: until the browser is closed. */
export type CookieExpires = "max" | number;

export function readCookieExpires(args: readonly Arg[], report: Report): CookieExpires | undefined {
  const [arg] = args;
  if (arg?.text === "max") return "max";
  if (arg?.text === "off") return 0;
  return arg === undefined ? undefined : seconds().read(arg, report);
}

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The last year that browsers of old could read with two digits. */
const SHORT_YEAR_MAX = 2037;

export function renderExpires(expires: CookieExpires, nowSeconds: number): string {
  if (expires === "max") return "; expires=Thu, 31-Dec-37 23:55:55 GMT";
  return expires === 0 ? "" : `; expires=${cookieTime(nowSeconds + expires)}`;
}

/** "Thu, 18-Nov-10 11:27:35 GMT" (nginx: ngx_http_cookie_time). */
function cookieTime(timeSeconds: number): string {
  const at = new Date(timeSeconds * 1000);
  const year = at.getUTCFullYear();
  const digits = year > SHORT_YEAR_MAX ? String(year) : String(year % 100).padStart(2, "0");
  const day = String(at.getUTCDate()).padStart(2, "0");
  return `${DAYS[at.getUTCDay()]}, ${day}-${MONTHS[at.getUTCMonth()]}-${digits} ${at.toISOString().slice(11, 19)} GMT`;
}
