/** `geo`: a variable whose value depends on the client's address (nginx: ngx_http_geo_module). */

import { defineDirectives, manyLines } from "../config/define-directives.ts";
import { declareComputedVariable } from "../http/computed-variable.ts";
import { type Declaration, defineModule } from "../http/module.ts";
import type { Evaluate } from "../http/template.ts";
import { compileGeo } from "./geo/compile-geo.ts";
import { type GeoSetting, readGeo } from "./geo/read-geo.ts";

export const geoDirectives = defineDirectives({
  geo: manyLines({ in: ["http"], arity: [1, 2], inherits: false, parse: readGeo, syntax: "[$address] $variable { ... }" }),
});

interface DeclaredGeo {
  readonly setting: GeoSetting;
  link(evaluate: Evaluate): void;
}

const GEOS: Declaration<DeclaredGeo> = { kind: "geo" };

export const geoModule = defineModule({
  name: "geo",
  directives: geoDirectives,
  declare(conf, scope) {
    for (const [index, setting] of conf.geo.entries()) {
      const link = declareComputedVariable(setting, scope);
      if (link !== undefined) scope.declare(GEOS, String(index), { setting, link });
    }
  },
  link(_conf, scope) {
    for (const { setting, link } of scope.all(GEOS).values()) link(compileGeo(setting, scope));
  },
});
