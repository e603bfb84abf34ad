/** `return` (nginx: ngx_http_rewrite_return, ngx_http_send_response). */

import { parseCount } from "../../config/parse-number.ts";
import type { Report } from "../../config/report.ts";
import type { Span } from "../../config/source.ts";
import { parseTemplateText, type TemplateText } from "../../config/template-text.ts";
import type { Arg } from "../../config/tree.ts";
import { redirectResponse } from "../../http/core/special-response.ts";
import type { Scope } from "../../http/module.ts";
import type { RequestContext } from "../../http/request-context.ts";
import { Response } from "../../http/response.ts";
import { locationText } from "./location-text.ts";
import type { Step } from "./step.ts";

export interface Return {
  readonly status: number;
  /** A body, or for a redirect where it leads; undefined: none was written. */
  readonly text: TemplateText | undefined;
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** `return URL`: what a single argument that is no status must begin with. */
const URL_START = /^(?:https?:\/\/|\$scheme)/;

export function readReturn(args: readonly Arg[], report: Report): Return | undefined {
  const [first, second] = args;
  if (first === undefined) return undefined;
  const status = parseCount(first.text);
  if (status === undefined && second === undefined && URL_START.test(first.text)) {
    const text = parseTemplateText(first, report);
    return text === undefined ? undefined : { status: 302, text };
  }
  if (status === undefined || status > 999) return report.error(`invalid return code "${first.text}"`, first.span);
  if (second === undefined) return { status, text: undefined };
  const text = parseTemplateText(second, report);
  return text === undefined ? undefined : { status, text };
}

export function compileReturn(value: Return, span: Span | undefined, scope: Scope): Step {
  const answer = compileAnswer(value, scope);
  return (r, run) => {
    r.trace?.({ step: "return", subject: String(value.status), text: value.text === undefined ? "" : value.text.text, won: true, span });
    return answer(r, run);
  };
}

function compileAnswer({ status, text }: Return, scope: Scope): Step {
  const template = text === undefined ? undefined : scope.template(text);
  if (REDIRECTS.has(status)) {
    if (template?.constant === undefined && template !== undefined) {
      const { evaluate } = template;
      return (r) => redirectResponse(r, status, locationText(evaluate(r)));
    }
    const location = locationText(template?.constant ?? "");
    return (r) => redirectResponse(r, status, location);
  }
  // An error without a text of its own gets its page.
  if (status >= 400 && (template === undefined || template.constant === "")) return () => status;
  const body = template?.constant;
  if (template !== undefined && body === undefined) {
    return (r) => {
      // nginx: the text may name the status that it is sent with.
      r.status = r.errorStatus === 0 ? status : r.errorStatus;
      return textResponse(r, status, template.evaluate(r));
    };
  }
  return (r) => textResponse(r, status, body ?? "");
}

function textResponse(r: RequestContext, status: number, text: string): Response {
  // Behind an error_page it may be sent under another status, and has the empty text then.
  if (status === 204 && r.errorStatus === 0) return new Response(204, undefined, -1);
  const response = new Response(status, r.method === "HEAD" ? undefined : text, text.length);
  // nginx takes the type from the extension of the URI
  const contentType = r.location.settings.contentType(r.uri);
  if (contentType !== "") response.contentType = contentType;
  return response;
}
