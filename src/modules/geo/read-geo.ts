/** Reads a `geo` block's lines (nginx: ngx_http_geo_block, ngx_http_geo). */

import type { Line } from "../../config/directive.ts";
import type { Report } from "../../config/report.ts";
import type { Span } from "../../config/source.ts";
import { parseTemplateText, type TemplateText } from "../../config/template-text.ts";
import type { Arg } from "../../config/tree.ts";
import { type ComputedVariable, readVariableName } from "../../http/computed-variable.ts";
import { type Cidr, parseCidr } from "../../net/cidr.ts";
import { ipBytes } from "../../net/ip-address.ts";
import { type AddressTable, maskedNetwork, NetworkTable, RangeTable } from "./address-ranges.ts";

export interface GeoSetting extends ComputedVariable {
  /** Whose value is the address; undefined: the client's. */
  readonly address: TemplateText | undefined;
  readonly table: AddressTable;
  readonly fallback: string;
  /** Clients whose X-Forwarded-For is believed. */
  readonly proxies: readonly Cidr[];
  readonly isRecursive: boolean;
}

export function readGeo(lines: readonly Line[], report: Report, args: readonly Arg[]): GeoSetting | undefined {
  const variableArg = args[args.length - 1];
  const addressArg = args.length === 2 ? args[0] : undefined;
  if (variableArg === undefined) return undefined;
  const variable = readVariableName(variableArg, report);
  const address = addressArg === undefined ? undefined : parseTemplateText(addressArg, report);
  const content = new GeoContent(report);
  for (const [index, line] of lines.entries()) content.read(line, index);
  if (variable === undefined || (addressArg !== undefined && address === undefined)) return undefined;
  const { table, fallback, proxies, isRecursive } = content;
  return { variable, variableSpan: variableArg.span, isVolatile: false, address, table, fallback, proxies, isRecursive };
}

/** Filled line by line. */
class GeoContent {
  fallback = "";
  isRecursive = false;
  readonly proxies: Cidr[] = [];
  private readonly networks = new NetworkTable();
  private readonly ranges = new RangeTable();
  private isByRange = false;
  private readonly report: Report;

  constructor(report: Report) {
    this.report = report;
  }

  get table(): AddressTable {
    return this.isByRange ? this.ranges : this.networks;
  }

  read({ name, args, span }: Line, index: number): void {
    const [value] = args;
    if (args.length === 0 && name.text === "ranges") this.beginRanges(index, span);
    else if (args.length === 0 && name.text === "proxy_recursive") this.isRecursive = true;
    else if (value === undefined || args.length !== 1) this.report.error("invalid number of the geo parameters", span);
    else if (name.text === "default") this.fallback = value.text;
    else if (name.text === "delete") this.delete(value);
    else if (name.text === "proxy") this.addProxy(value);
    else if (this.isByRange) this.addRange(name, value.text);
    else this.addNetwork(name, value.text);
  }

  private beginRanges(index: number, span: Span): void {
    if (index > 0) this.report.error('the "ranges" directive must be the first directive inside "geo" block', span);
    this.isByRange = true;
  }

  private addNetwork(name: Arg, value: string): void {
    const cidr = this.readNetwork(name);
    if (cidr === undefined) return;
    const network = maskedNetwork(cidr);
    const former = this.networks.get(network);
    if (former !== undefined) {
      this.report.warn(`duplicate network "${name.text}", value: "${value}", old value: "${former}"`, name.span);
    }
    this.networks.set(network, value);
  }

  private addRange(name: Arg, value: string): void {
    const range = this.readRange(name);
    if (range === undefined) return;
    const overlapped = this.ranges.overlappedBy(range.first, range.last);
    if (overlapped !== undefined) this.report.error(`range "${name.text}" overlaps "${overlapped}"`, name.span);
    else this.ranges.set(range.first, range.last, value);
  }

  private delete(name: Arg): void {
    if (this.isByRange) {
      const range = this.readRange(name);
      if (range !== undefined && !this.ranges.delete(range.first, range.last)) {
        this.report.warn(`no address range "${name.text}" to delete`, name.span);
      }
      return;
    }
    const cidr = this.readNetwork(name);
    if (cidr !== undefined && !this.networks.delete(maskedNetwork(cidr)))
      this.report.warn(`no network "${name.text}" to delete`, name.span);
  }

  private addProxy(name: Arg): void {
    const cidr = this.readNetwork(name);
    if (cidr !== undefined) this.proxies.push(cidr);
  }

  /** nginx: 255.255.255.255 stands for every text that is no address, and can be given as one. */
  private readNetwork(name: Arg): Cidr | undefined {
    const cidr = parseCidr(name.text);
    if (cidr === undefined) return this.report.error(`invalid network "${name.text}"`, name.span);
    if (cidr.hasMeaninglessBits) this.report.warn(`low address bits of ${name.text} are meaningless`, name.span);
    return cidr;
  }

  private readRange(name: Arg): { readonly first: string; readonly last: string } | undefined {
    const [start = "", end = "", ...more] = name.text.split("-");
    const first = ipBytes(start);
    const last = ipBytes(end);
    if (first?.length !== 4 || last?.length !== 4 || more.length > 0 || first > last) {
      return this.report.error(`invalid range "${name.text}"`, name.span);
    }
    return { first, last };
  }
}
