/** The words of `ssl_protocols`: the versions of TLS, and the refusal of those before it. */

import type { ListValue } from "../../config/value.ts";
import { words } from "../../config/values.ts";

export type TlsProtocol = "TLSv1" | "TLSv1.1" | "TLSv1.2" | "TLSv1.3";

const known = words("SSLv2", "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3");

/** nginx takes SSLv2 and SSLv3 where its OpenSSL has them; no OpenSSL of Node.js does, and both are broken (RFC 6176, RFC 7568). */
export function sslProtocols(): ListValue<readonly TlsProtocol[]> {
  return {
    ...known,
    read: (args, report) => {
      const broken = args.find((arg) => /^SSLv[23]$/i.test(arg.text));
      if (broken !== undefined) {
        return report.error(`"${broken.text}" is not supported`, broken.span, "SSL has been broken for long: TLSv1.2 and TLSv1.3 are safe");
      }
      return known.read(args, report)?.filter((name) => name !== "SSLv2" && name !== "SSLv3");
    },
  };
}
