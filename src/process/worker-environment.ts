/** The environment of workers: emptied but for what the `env` directives and the runtime need (nginx: ngx_set_environment). */

/** Variables that Node.js, libuv, OpenSSL and the dynamic linker read by themselves. */
const RUNTIME_VARIABLE = /^(?:NODE_|UV_|SSL_CERT_|OPENSSL_|LD_)/;

/** `directives` are their arguments: "NAME" keeps a variable, "NAME=value" sets it. nginx keeps TZ unasked. */
export function workerEnvironment(directives: readonly string[], environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept: NodeJS.ProcessEnv = {};
  for (const name in environment) {
    if (name === "TZ" || RUNTIME_VARIABLE.test(name)) kept[name] = environment[name];
  }
  for (const directive of directives) {
    const text = Buffer.from(directive, "latin1").toString();
    const equals = text.indexOf("=");
    if (equals >= 0) kept[text.slice(0, equals)] = text.slice(equals + 1);
    else if (environment[text] !== undefined) kept[text] = environment[text];
  }
  return kept;
}
