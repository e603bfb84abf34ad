import { describe, expect, it } from "vitest";
import { inetAddress } from "../../../../src/upstream/peer-address.ts";
import { closedError, socketError, timeoutError } from "../../../../src/upstream/stage-error.ts";
import { handshakeError, RejectedPeerError } from "../../../../src/upstream/tls/handshake-error.ts";

const failure = (message: string, facts: object): NodeJS.ErrnoException => Object.assign(new Error(message), facts);

describe("handshakeError()", () => {
  it("keeps nginx's line about a peer that was rejected", () => {
    const { causeCode, kind, message } = handshakeError(new RejectedPeerError("upstream SSL certificate does not match"));
    expect({ causeCode, kind, message }).toEqual({
      causeCode: "certificate_rejected",
      kind: "error",
      message: "upstream SSL certificate does not match",
    });
  });

  it("prints OpenSSL's errors as nginx does, without function, file and line", () => {
    const message = "80DCE697667F0000:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../deps/openssl/record.c:350:\n";
    const error = handshakeError(failure(message, { code: "ERR_SSL_WRONG_VERSION_NUMBER", library: "SSL routines" }));
    expect(error.message).toBe("SSL_do_handshake() failed (SSL: error:0A00010B:SSL routines::wrong version number)");
    expect(error.causeCode).toBe("not_tls");
  });

  it("prints an alert's number", () => {
    const message = "0:error:0A000412:SSL routines:ssl3_read_bytes:sslv3 alert bad certificate:a.c:1600:SSL alert number 42\n";
    expect(handshakeError(failure(message, { code: "ERR_SSL_X" })).message).toBe(
      "SSL_do_handshake() failed (SSL: error:0A000412:SSL routines::sslv3 alert bad certificate:SSL alert number 42)",
    );
  });

  it("tells an end from a reset", () => {
    const end = failure("Client network socket disconnected before secure TLS connection was established", { code: "ECONNRESET" });
    const reset = failure("read ECONNRESET", { code: "ECONNRESET", errno: -104, syscall: "read" });
    expect(handshakeError(end).message).toBe("peer closed connection in SSL handshake");
    expect(handshakeError(reset).message).toBe("peer closed connection in SSL handshake (104: Connection reset by peer)");
  });
});

describe("the stage of a handshake", () => {
  const stage = "SSL handshaking to upstream";

  it("has its own words for an end and a time-out", () => {
    expect(closedError(stage, false)).toMatchObject({ causeCode: "tls_closed", message: "peer closed connection in SSL handshake" });
    expect(timeoutError(stage)).toMatchObject({ causeCode: "tls_timeout", kind: "timeout" });
  });

  it("is over when the connection breaks later: OpenSSL's error is then one of reading", () => {
    const message = "0:error:0A00045C:SSL routines:ssl3_read_bytes:tlsv13 alert certificate required:a.c:1605:SSL alert number 116\n";
    const error = failure(message, { code: "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED" });
    const address = inetAddress("127.0.0.1", 1);
    expect(socketError("reading response header from upstream", error, address).message).toBe(
      "SSL_read() failed (SSL: error:0A00045C:SSL routines::tlsv13 alert certificate required:SSL alert number 116)",
    );
    expect(socketError(stage, error, address).message).toContain("SSL_do_handshake() failed");
  });
});
