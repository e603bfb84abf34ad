/** Text with variables, compiled at load: one closure, no name looked up on a request. */

import type { RequestContext } from "./request-context.ts";

export type Evaluate = (r: RequestContext) => string;

export interface Template {
  /** The text when it has no variables, else undefined. */
  readonly constant: string | undefined;
  readonly evaluate: Evaluate;
  /** As written, for `explain` and messages. */
  readonly source: string;
}

export function constantTemplateOf(text: string): Template {
  return { constant: text, evaluate: () => text, source: text };
}

/** Joins literal texts and variables into one closure, with short forms for the common shapes. */
export function compileTemplate(parts: readonly (string | Evaluate)[], source: string): Template {
  const [first, second] = parts;
  if (parts.length === 0) return { constant: "", evaluate: () => "", source };
  if (parts.length === 1 && typeof first === "string") return { constant: first, evaluate: () => first, source };
  if (parts.length === 1 && typeof first === "function") return { constant: undefined, evaluate: first, source };
  if (parts.length === 2 && typeof first === "function" && typeof second === "function") {
    return { constant: undefined, evaluate: (r) => first(r) + second(r), source };
  }
  if (parts.length === 2 && typeof first === "string" && typeof second === "function") {
    return { constant: undefined, evaluate: (r) => first + second(r), source };
  }
  if (parts.length === 2 && typeof first === "function" && typeof second === "string") {
    return { constant: undefined, evaluate: (r) => first(r) + second, source };
  }
  const evaluates = parts.map((part) => (typeof part === "string" ? () => part : part));
  const evaluate = (r: RequestContext): string => {
    let text = "";
    for (const part of evaluates) text += part(r);
    return text;
  };
  return { constant: undefined, evaluate, source };
}
