/** All variables of nginx's core module (nginx.org, ngx_http_core_module, "Embedded Variables"), family by family. */

import type { VariableTable } from "../variables.ts";
import { connectionVariables } from "./variables/connection-variables.ts";
import { locationVariables } from "./variables/location-variables.ts";
import { processVariables } from "./variables/process-variables.ts";
import { proxyProtocolVariables } from "./variables/proxy-protocol-variables.ts";
import { requestFieldVariables } from "./variables/request-field-variables.ts";
import { requestVariables } from "./variables/request-variables.ts";
import { responseVariables } from "./variables/response-variables.ts";
import { tlsVariables } from "./variables/tls-variables.ts";

export const coreVariables: VariableTable = {
  ...processVariables,
  ...connectionVariables,
  ...proxyProtocolVariables,
  ...tlsVariables,
  ...requestVariables,
  ...requestFieldVariables,
  ...locationVariables,
  ...responseVariables,
};
