import type { Settings } from '../settings';
import { CONTROLLER, DATA_PLANE, FABRIC_API, GATEWAY_API, PORTS } from './names';
import type { GatewayHttpsListener } from './options';
import type { CustomResource } from './proxy';
import type { FabricSettings } from './settings';

const { name: GATEWAY, namespace } = DATA_PLANE;
/** The listener that plain HTTP comes in by. */
export const HTTP_LISTENER = 'http';

/** The class that Gateways name. */
export function renderGatewayClass({ className }: Settings): CustomResource {
  return {
    apiVersion: `${GATEWAY_API}/v1`,
    kind: 'GatewayClass',
    metadata: { name: className },
    spec: {
      controllerName: CONTROLLER,
      parametersRef: { group: FABRIC_API, kind: 'NginxProxy', name: GATEWAY, namespace },
    },
  };
}

/** The edge itself. */
export function renderGateway({ className }: Settings, fabric: FabricSettings): CustomResource {
  return {
    apiVersion: `${GATEWAY_API}/v1`,
    kind: 'Gateway',
    metadata: { name: GATEWAY, namespace },
    spec: {
      gatewayClassName: className,
      listeners: [
        {
          name: HTTP_LISTENER,
          protocol: 'HTTP',
          port: PORTS.http,
          allowedRoutes: allowedRoutes(fabric),
        },
        ...fabric.httpsListeners.map((listener) => httpsListener(listener, fabric)),
      ],
    },
  };
}

/** Sends plain HTTP to HTTPS, where no route of anybody else answers. */
export function renderRedirect(): CustomResource {
  return {
    apiVersion: `${GATEWAY_API}/v1`,
    kind: 'HTTPRoute',
    metadata: { name: 'edge-https-redirect', namespace },
    spec: {
      parentRefs: [{ name: GATEWAY, sectionName: HTTP_LISTENER }],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: '/' } }],
          filters: [
            { type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } },
          ],
        },
      ],
    },
  };
}

function httpsListener(
  { name, hostname, certificateSecrets }: GatewayHttpsListener,
  fabric: FabricSettings,
) {
  return {
    name,
    ...(hostname === undefined ? {} : { hostname }),
    protocol: 'HTTPS',
    port: PORTS.https,
    tls: {
      mode: 'Terminate',
      certificateRefs: certificateSecrets.map((secret) => ({ kind: 'Secret', name: secret })),
    },
    allowedRoutes: allowedRoutes(fabric),
  };
}

function allowedRoutes({ routeNamespaceLabels }: FabricSettings) {
  return {
    namespaces:
      routeNamespaceLabels === undefined
        ? { from: 'All' }
        : { from: 'Selector', selector: { matchLabels: { ...routeNamespaceLabels } } },
  };
}
