/** What clients speak on an address, by the parameters of all `listen` directives that name it (nginx: ngx_http_add_addresses). */

export interface AddressProtocols {
  readonly ssl: boolean;
  /** `listen … http2`; `http2 on` in a server counts besides. */
  readonly http2: boolean;
  readonly proxyProtocol: boolean;
}
