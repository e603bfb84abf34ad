/** Arguments that ask for what this program cannot do: refused, with the reason, rather than taken and forgotten. */

import type { Value } from "../../config/value.ts";
import { flag } from "../../config/values.ts";

/** `off` is taken, `on` is not. */
export function offOnly(why: string): Value<false> {
  return {
    syntax: "off",
    read: (arg, report) => {
      if (/^off$/i.test(arg.text)) return false;
      // What is neither on nor off gets the usual words.
      if (!/^(?:on|leaf)$/i.test(arg.text)) flag().read(arg, report);
      else report.error(`"${report.directive} ${arg.text}" is not supported`, arg.span, why);
      return undefined;
    },
  };
}

/** Nothing is taken. */
export function refused(why: string): Value<never> {
  return { syntax: "", read: (_arg, report) => report.error(`"${report.directive}" is not supported`, report.span, why) };
}
