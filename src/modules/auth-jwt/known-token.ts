/** What a request's variables may know of its token, before and after it is checked. */

import { defineLocationValue } from "../../http/location-value.ts";
import type { RequestContext } from "../../http/request-context.ts";
import { defineLastingSlot, defineRequestSlot } from "../../http/request-slot.ts";
import type { Evaluate } from "../../http/template.ts";
import { readToken, type Token } from "./read-token.ts";

/** Where a location's tokens come from; "off" where it asks for none. */
export const tokenSources = defineLocationValue<Evaluate | "off">();

/** "unchecked" until the access phase is over: its token is taken at its word, as nginx does for keys of limits and names of key files. */
const checkedTokens = defineLastingSlot<Token | "refused" | "unchecked">();

interface UncheckedToken {
  readonly text: string;
  readonly token: Token | undefined;
}

const uncheckedTokens = defineRequestSlot<UncheckedToken>();

export function keepChecked(r: RequestContext, checked: Token | "refused" | "unchecked"): void {
  checkedTokens.set(r.main, checked);
}

/** What nobody has checked by the end of the access phase (`satisfy any`) is no one's word any more. */
export function forgetUnchecked(r: RequestContext): undefined {
  const checked = checkedTokens.get(r.main);
  if (checked === undefined || checked === "unchecked") checkedTokens.set(r.main, "refused");
  return undefined;
}

/** A subrequest knows its client's token. Undefined where there is none, or it was refused. */
export function knownToken(r: RequestContext): Token | undefined {
  const checked = checkedTokens.get(r.main);
  if (checked === "refused") return undefined;
  if (checked !== undefined && checked !== "unchecked") return checked;
  const source = tokenSources.get(r);
  if (source === undefined || source === "off") return undefined;
  const text = source(r);
  const known = uncheckedTokens.get(r);
  if (known?.text === text) return known.token;
  const token = readToken(text);
  uncheckedTokens.set(r, { text, token });
  return token;
}
