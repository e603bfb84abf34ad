/** `map`: a variable whose value depends on another text (nginx: ngx_http_map_module). */

import { defineDirectives, manyLines } from "../config/define-directives.ts";
import { declareComputedVariable } from "../http/computed-variable.ts";
import { type Declaration, defineModule } from "../http/module.ts";
import { declareNames } from "../http/pattern.ts";
import type { Evaluate } from "../http/template.ts";
import { compileMap } from "./map/compile-map.ts";
import { type MapSetting, readMap } from "./map/read-map.ts";

export const mapDirectives = defineDirectives({
  map: manyLines({ in: ["http"], arity: 2, inherits: false, parse: readMap, syntax: "string $variable { ... }" }),
});

/** A map whose lookup is made once all variables are known. */
interface DeclaredMap {
  readonly setting: MapSetting;
  link(evaluate: Evaluate): void;
}

const MAPS: Declaration<DeclaredMap> = { kind: "map" };

export const mapModule = defineModule({
  name: "map",
  directives: mapDirectives,
  declare(conf, scope) {
    for (const [index, setting] of conf.map.entries()) {
      const link = declareComputedVariable(setting, scope);
      for (const { pattern } of setting.patterns) declareNames(pattern, scope);
      if (link !== undefined) scope.declare(MAPS, String(index), { setting, link });
    }
  },
  link(_conf, scope) {
    for (const { setting, link } of scope.all(MAPS).values()) link(compileMap(setting, scope));
  },
});
