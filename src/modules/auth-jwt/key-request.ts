/** `auth_jwt_key_request`: keys from the answer to a subrequest. */

import { collectAnswer } from "../../http/collect-answer.ts";
import { InternalRedirect } from "../../http/internal-redirect.ts";
import type { RequestContext } from "../../http/request-context.ts";
import type { Subrequest } from "../../http/subrequest.ts";
import type { Evaluate } from "../../http/template.ts";
import { type KeySet, parseKeySet } from "./key-set.ts";
import { type KeySource, NoKeys } from "./key-sources.ts";

interface AnsweredKeys {
  readonly text: string;
  readonly keys: KeySet;
  /** By performance.now(). */
  readonly answeredAtMs: number;
}

/** What the directives of a configuration were last answered, by the server that was asked: the same URI is another location in another one. */
export class AnsweredKeySets {
  private readonly byDirective = new WeakMap<object, WeakMap<object, AnsweredKeys>>();

  of(directive: object): WeakMap<object, AnsweredKeys> {
    let answers = this.byDirective.get(directive);
    if (answers === undefined) {
      answers = new WeakMap();
      this.byDirective.set(directive, answers);
    }
    return answers;
  }
}

export class KeyRequest implements KeySource {
  private readonly uri: Evaluate;
  private readonly answers: WeakMap<object, AnsweredKeys>;
  private readonly cacheMs: number;

  constructor(uri: Evaluate, answers: WeakMap<object, AnsweredKeys>, cacheMs: number) {
    this.uri = uri;
    this.answers = answers;
    this.cacheMs = cacheMs;
  }

  read(r: RequestContext): KeySet | undefined {
    if (this.cacheMs === 0) return undefined;
    const known = this.answers.get(r.server);
    return known !== undefined && performance.now() < known.answeredAtMs + this.cacheMs ? known.keys : undefined;
  }

  ask(r: RequestContext, done: (keys: KeySet | NoKeys) => void): Subrequest | undefined {
    const uri = this.uri(r);
    const target = keyTarget(uri);
    if (target === undefined) {
      done(new NoKeys(`unsafe URI "${uri}" was detected`));
      return undefined;
    }
    const subrequest = collectAnswer(r, target, (text, status) => {
      r.trace?.({ step: "auth_jwt", subject: uri, text: `is asked for keys and answers ${status}`, won: text !== undefined });
      if (r.trace !== undefined && text === "") done(new NoKeys(`keys of "${uri}" are not known: nothing is sent to upstreams here`));
      else if (text === undefined || status !== 200) done(new NoKeys(`key request "${uri}" failed, its status is ${status}`));
      else done(this.keep(r, uri, text));
    });
    if (subrequest === undefined) done(new NoKeys(`key request "${uri}" failed, requests are nested too deep`));
    return subrequest;
  }

  /** The very list of last time where the answer has not changed, so that the tokens it has proved need no proof again. */
  private keep(r: RequestContext, uri: string, text: string): KeySet | NoKeys {
    const known = this.answers.get(r.server);
    const keys = known?.text === text ? known.keys : parseKeySet(text);
    if (keys instanceof SyntaxError) return new NoKeys(`answer to key request "${uri}" is refused: ${keys.message}`);
    this.answers.set(r.server, { text, keys, answeredAtMs: performance.now() });
    return keys;
  }
}

/** Undefined: it climbs, which a variable's value must not make it do. */
function keyTarget(text: string): InternalRedirect | undefined {
  if (text.startsWith("@")) return new InternalRedirect(text);
  const question = text.indexOf("?");
  const uri = question === -1 ? text : text.slice(0, question);
  if (!uri.startsWith("/") || uri.includes("\0") || uri.split("/").includes("..")) return undefined;
  return new InternalRedirect(uri, question === -1 ? "" : text.slice(question + 1));
}
