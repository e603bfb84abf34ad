/** `env_var`: environment variables as `$env_NAME` (ours). `${env:NAME}` is put in earlier: see config/environment.ts. */

import { defineDirectives, many } from "../config/define-directives.ts";
import type { Arg } from "../config/tree.ts";
import { defineModule } from "../http/module.ts";

interface EnvironmentVariable {
  readonly name: string;
  /** The environment's, or the default. */
  readonly value: string;
}

const directives = defineDirectives({
  env_var: many({ in: ["main"], parse: readVariable, arity: [1, 2], syntax: "name [default]" }),
});

export const envVarModule = defineModule({
  name: "env_var",
  directives,
  declare(conf, scope) {
    if (scope.block.context !== "http") return;
    for (const { name, value } of conf.env_var) scope.variables.add({ [`env_${name.toLowerCase()}`]: () => value });
  },
});

/** `fillEnvironment` has put the value in the place of the default, or reported that there is none. */
function readVariable([name, value]: readonly Arg[]): EnvironmentVariable | undefined {
  return name && { name: name.text, value: value?.text ?? "" };
}
