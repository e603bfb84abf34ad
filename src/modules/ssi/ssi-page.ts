/** A page on its way to the client: what its commands say is done where they stand, and what they include is asked for at once. */

import { BufferStream } from "../../http/buffer-stream.ts";
import { JoinedBody } from "../../http/joined-body.ts";
import type { RequestContext } from "../../http/request-context.ts";
import { logRequestError } from "../../http/request-log.ts";
import type { BodySink, BodyStream } from "../../http/response.ts";
import { Branches } from "./branches.ts";
import { COMMANDS, readParams } from "./command-table.ts";
import { SsiMistake } from "./evaluate-text.ts";
import type { SsiCommand } from "./read-command.ts";
import { runCommand } from "./run-command.ts";
import { SsiScanner, type SsiToken } from "./ssi-scanner.ts";
import { type FindVariable, SsiValues } from "./ssi-values.ts";

/** What a location says about its pages. */
export interface SsiRules {
  readonly valueLengthMax: number;
  readonly silentErrors: boolean;
  readonly findVariable: FindVariable;
  /** How a block that stands in for an included page is read: as a page, where the included location has `ssi on`. */
  readonly openStub: (r: RequestContext, text: string) => BodyStream;
}

/** Parts that wait for the client or for their answers; the page is not read on while there are more. */
const PENDING_MAX = 64;

export class SsiPage implements BodyStream, BodySink {
  readonly r: RequestContext;
  readonly rules: SsiRules;
  readonly values: SsiValues;
  readonly branches = new Branches();
  errorMessage = "[an error occurred while processing the directive]";
  encoding: "none" | "url" | "entity" = "entity";
  private readonly scanner: SsiScanner;
  private readonly joined = new JoinedBody();
  private readonly source: BodyStream;
  private waitsFor: "nothing" | "parts" | "answer" = "nothing";
  private isSourcePaused = false;
  private isSourceDone = false;
  private isPumping = false;
  /** Its commands are all done; what they have asked for may still be on the way. */
  private isRead = false;
  private isAborted = false;
  private abortAnswer: (() => void) | undefined = undefined;

  constructor(r: RequestContext, rules: SsiRules, source: BodyStream) {
    this.r = r;
    this.rules = rules;
    this.values = new SsiValues(r, rules.findVariable);
    this.scanner = new SsiScanner(rules.valueLengthMax);
    this.source = source;
  }

  // ---- for the client

  start(sink: BodySink): void {
    this.joined.onEmpty = () => this.emptied();
    this.joined.start({
      write: (chunk) => sink.write(chunk),
      end: () => sink.end(),
      fail: (error) => {
        this.abort();
        sink.fail(error);
      },
    });
    this.source.start(this);
  }

  resume(): void {
    this.joined.resume();
  }

  abort(): void {
    if (this.isAborted) return;
    this.isAborted = true;
    this.isRead = true;
    this.joined.abort();
    this.source.abort();
    this.abortAnswer?.();
  }

  // ---- from the page's own body

  write(chunk: Buffer): boolean {
    if (this.isRead) return true;
    this.scanner.push(chunk.toString("latin1"));
    this.pump();
    this.isSourcePaused = this.isFull();
    return !this.isSourcePaused;
  }

  end(): void {
    this.isSourceDone = true;
    this.pump();
  }

  fail(error: Error): void {
    this.joined.fail(error);
  }

  // ---- for the commands

  emit(text: string): void {
    if (text !== "") this.addPart(new BufferStream(Buffer.from(text, "latin1")));
  }

  addPart(part: BodyStream): void {
    this.joined.add(part);
    this.joined.advance();
  }

  /** Nothing is read on before all that stands above is with the client. */
  waitForParts(): void {
    if (this.joined.pending > 0) this.waitsFor = "parts";
  }

  /** Nothing is read on before the returned function is called. */
  waitForAnswer(): () => void {
    this.waitsFor = "answer";
    return () => {
      this.waitsFor = "nothing";
      this.abortAnswer = undefined;
      this.pump();
    };
  }

  /** How what is waited for is ended when the client goes away. */
  onAbort(abortAnswer: () => void): void {
    if (this.waitsFor === "answer") this.abortAnswer = abortAnswer;
  }

  private isFull(): boolean {
    return this.waitsFor !== "nothing" || this.joined.pending >= PENDING_MAX;
  }

  private emptied(): void {
    if (this.waitsFor === "parts") this.waitsFor = "nothing";
    this.pump();
  }

  /** Goes through the page as far as it is here. */
  private pump(): void {
    if (this.isPumping || this.isRead) return;
    this.isPumping = true;
    while (!this.isFull() && !this.isRead) {
      const token = this.scanner.next();
      if (token !== undefined) this.take(token);
      else if (this.isSourcePaused) {
        this.isSourcePaused = false;
        this.source.resume();
      } else break;
    }
    this.isPumping = false;
    if (!this.isSourceDone || this.isFull() || this.isRead) return;
    this.isRead = true;
    this.text(this.scanner.rest());
    this.joined.close();
  }

  private take(token: SsiToken): void {
    if (token.kind === "text") {
      this.text(token.text);
      return;
    }
    const mistake = token.kind === "mistake" ? new SsiMistake(token.message) : this.command(token, token.source);
    if (mistake === undefined) return;
    logRequestError(this.r, "error", mistake.message);
    if (!this.rules.silentErrors) this.emit(this.errorMessage);
  }

  private text(text: string): void {
    if (this.branches.isShown) this.emit(text);
    else if (this.branches.isInBlock) this.branches.addToBlock(text);
  }

  private command(command: SsiCommand, source: string): SsiMistake | undefined {
    const { branches } = this;
    const rule = COMMANDS.get(command.name);
    if (rule === undefined) return branches.isShown ? new SsiMistake(`invalid SSI command: "${command.name}"`) : undefined;
    if (!branches.isShown && command.name !== "endblock") {
      if (branches.isInBlock) {
        branches.addToBlock(source);
        return undefined;
      }
      if (rule.conditional === undefined) return undefined;
    }
    const misplaced = rule.conditional === undefined ? undefined : branches.judge(command.name, rule.conditional);
    if (misplaced !== undefined) return misplaced;
    const params = readParams(command, rule);
    return params instanceof SsiMistake ? params : runCommand(this, command.name, params);
  }
}
