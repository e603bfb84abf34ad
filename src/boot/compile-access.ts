/** The access phase of a location: its modules' handlers, put together as `satisfy` and `auth_delay` ask. */

import { delayUnauthorized, exceptForSubrequests, satisfyAny } from "../http/access-phase.ts";
import { accessDirectives } from "../http/core/access-directives.ts";
import type { Scope } from "../http/module.ts";
import type { NamedHandler } from "./compile-location.ts";

/** `handlers`: one of each module that has a say there, in order. */
export function compileAccess(handlers: readonly NamedHandler[], scope: Scope): readonly NamedHandler[] {
  const { satisfy, auth_delay } = scope.settings(accessDirectives);
  const asked = satisfy === "any" && handlers.length > 0 ? [anyOf(handlers)] : handlers;
  return asked.map(({ name, handler }) => {
    const delayed = auth_delay === 0 ? handler : delayUnauthorized(handler, auth_delay, scope.services.deadlines);
    return { name, handler: exceptForSubrequests(delayed) };
  });
}

function anyOf(handlers: readonly NamedHandler[]): NamedHandler {
  return { name: "satisfy", handler: satisfyAny(handlers.map(({ handler }) => handler)) };
}
