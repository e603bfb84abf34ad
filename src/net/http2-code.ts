/** Why a stream or a connection ends (RFC 9113 section 7). */
export const http2Code = {
  noError: 0x0,
  protocolError: 0x1,
  internalError: 0x2,
  flowControlError: 0x3,
  streamClosed: 0x5,
  frameSizeError: 0x6,
  refusedStream: 0x7,
  cancel: 0x8,
  compressionError: 0x9,
  enhanceYourCalm: 0xb,
} as const;

/** Of DATA and HEADERS frames (RFC 9113 sections 6.1 and 6.2). */
export const END_STREAM_FLAG = 0x1;
