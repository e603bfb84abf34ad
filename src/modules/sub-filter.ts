/** `sub_filter`: replaces texts in answers (nginx: ngx_http_sub_module). */

import { defineDirectives, many, one } from "../config/define-directives.ts";
import type { Report } from "../config/report.ts";
import { parseTemplateText, type TemplateText } from "../config/template-text.ts";
import type { Arg } from "../config/tree.ts";
import { flag } from "../config/values.ts";
import { compileContentTypes, contentTypesDirective, hasTypeOf, isEventStream } from "../http/content-types.ts";
import { defineModule, type Scope } from "../http/module.ts";
import type { RequestContext } from "../http/request-context.ts";
import type { Response } from "../http/response.ts";
import type { Template } from "../http/template.ts";
import { transformBody } from "../http/transformed-stream.ts";
import { weakenEtag } from "../http/weaken-etag.ts";
import { Search } from "./sub-filter/search.ts";
import { Substitution } from "./sub-filter/substitution.ts";

const LEVELS = { in: ["http", "server", "location"] } as const;

const subFilterDirectives = defineDirectives({
  sub_filter: many({ ...LEVELS, parse: readPair, arity: 2, syntax: "string replacement" }),
  sub_filter_types: contentTypesDirective(),
  sub_filter_once: one({ ...LEVELS, value: flag(), default: true }),
  sub_filter_last_modified: one({ ...LEVELS, value: flag(), default: false }),
});

/** One `sub_filter`. */
interface Pair {
  readonly search: TemplateText;
  readonly replacement: TemplateText;
}

type SearchFor = (r: RequestContext) => Search | undefined;

export const subFilterModule = defineModule({
  name: "sub_filter",
  directives: subFilterDirectives,
  filter(conf, scope) {
    if (conf.sub_filter.length === 0) return undefined;
    const types = compileContentTypes(conf.sub_filter_types);
    const searchFor = compileSearch(conf.sub_filter, scope);
    const replacements = conf.sub_filter.map((pair) => scope.template(pair.replacement));
    const { sub_filter_once: once, sub_filter_last_modified: keepsLastModified } = conf;
    return (r, response) => {
      if (response.contentLength === 0 || !hasTypeOf(response, types) || response.field("Content-Encoding") !== undefined) return response;
      const search = searchFor(r);
      if (search === undefined) return response;
      forgetValidators(response, keepsLastModified);
      if (response.body === undefined) return response;
      const replacementOf = (index: number): string => replacements[index]?.evaluate(r) ?? "";
      const rules = { replacementOf, once, releasesLines: isEventStream(response) };
      response.body = transformBody(response.body, new Substitution(search, rules));
      return response;
    };
  },
});

/** Texts without variables are compiled once. */
function compileSearch(pairs: readonly Pair[], scope: Scope): SearchFor {
  const templates = pairs.map((pair): Template => scope.template(pair.search));
  const constants = templates.flatMap(({ constant }) => (constant === undefined ? [] : [constant]));
  if (constants.length < templates.length) return (r) => Search.of(templates.map((template) => template.evaluate(r)));
  const search = Search.of(constants);
  return () => search;
}

/** The body will be another one, of unknown length. */
function forgetValidators(response: Response, keepsLastModified: boolean): void {
  response.contentLength = -1;
  if (keepsLastModified) {
    weakenEtag(response);
    return;
  }
  response.lastModified = -1;
  response.lastModifiedText = undefined;
  response.clearField("ETag");
}

function readPair(args: readonly Arg[], report: Report): Pair | undefined {
  const [searchArg, replacementArg] = args;
  if (searchArg === undefined || replacementArg === undefined) return undefined;
  if (searchArg.text === "") return report.error("empty search pattern", searchArg.span);
  const search = parseTemplateText(searchArg, report);
  const replacement = parseTemplateText(replacementArg, report);
  return search === undefined || replacement === undefined ? undefined : { search, replacement };
}
