import type { Settings } from '../settings';
import { DATA_PLANE, FABRIC_API, GATEWAY_API } from './names';
import type { GatewayService } from './options';
import { HTTP_SNIPPET, MAIN_SNIPPET } from './policy-tuning';
import type { CustomResource } from './proxy';
import type { FabricTuning } from './tuning';

const { name: GATEWAY, namespace } = DATA_PLANE;
const TARGET = { group: GATEWAY_API, kind: 'Gateway', name: GATEWAY };
/** The most targets of one policy. */
const MAX_TARGETS = 16;

const policy = (kind: string, spec: object, name = GATEWAY, where = namespace): CustomResource => ({
  apiVersion: `${FABRIC_API}/v1alpha1`,
  kind,
  metadata: { name, namespace: where },
  spec,
});

/** What the edge asks of clients and backends, on the Gateway; routes may have policies of their own. */
export function renderPolicies(settings: Settings, tuning: FabricTuning): CustomResource[] {
  const { policies } = tuning;
  return [
    policy('ClientSettingsPolicy', {
      targetRef: TARGET,
      body: { maxSize: policies.get('maxBody'), timeout: policies.get('bodyTimeout') },
      keepAlive: {
        requests: policies.get('keepaliveRequests'),
        timeout: { server: policies.get('keepaliveTimeout') },
      },
    }),
    policy('ProxySettingsPolicy', {
      targetRefs: [TARGET],
      buffering: policies.get('buffering'),
      timeout: {
        connect: policies.get('connect'),
        read: policies.get('read'),
        send: policies.get('send'),
      },
    }),
    policy('SnippetsPolicy', {
      targetRefs: [TARGET],
      snippets: [
        { context: 'main', value: mainSnippet(settings, tuning) },
        { context: 'http', value: httpSnippet(settings, tuning) },
      ],
    }),
    ...ratePolicy(settings, tuning),
    ...keepalivePolicies(tuning),
  ];
}

/** Directives of the main context. */
export function mainSnippet(settings: Settings, tuning: FabricTuning): string {
  return lines(tuning.main, MAIN_SNIPPET, settings.mainSnippets);
}

/** Directives of the http context, with the number they add up to on top. */
export function httpSnippet(settings: Settings, tuning: FabricTuning): string {
  const { workers, connections, timeouts, breakEvenRate } = settings;
  return [
    `# Slow headers fill a replica at ${breakEvenRate} new connections a second: ${workers * connections} / ${timeouts.header / 1000} s.`,
    lines(tuning.http, HTTP_SNIPPET, settings.httpSnippets),
  ].join('\n');
}

function lines(rows: FabricTuning['http'], at: string, own: readonly string[]): string {
  const ours = Object.values(rows).map((row) => {
    const text = `${row.key.slice(at.length)} ${row.value}`;
    return text.endsWith('}') ? text : `${text};`;
  });
  return [...ours, ...own, ''].join('\n');
}

function ratePolicy({ requestRate }: Settings, { policies }: FabricTuning): CustomResource[] {
  if (requestRate === undefined) {
    return [];
  }
  const { burst } = requestRate;
  return [
    policy('RateLimitPolicy', {
      targetRefs: [TARGET],
      rateLimit: {
        local: {
          rules: [
            {
              key: '$binary_remote_addr',
              rate: policies.get('rate'),
              zoneSize: '10m',
              ...(burst === 0 ? {} : { burst }),
              noDelay: true,
            },
          ],
        },
        rejectCode: 429,
      },
    }),
  ];
}

/** One policy for the Services of a namespace, or several when there are many. */
function keepalivePolicies({ policies, fabric }: FabricTuning): CustomResource[] {
  const byNamespace = new Map<string, GatewayService[]>();
  for (const service of fabric.services) {
    byNamespace.set(service.namespace, [...(byNamespace.get(service.namespace) ?? []), service]);
  }
  return [...byNamespace].flatMap(([where, services]) =>
    chunks(services, MAX_TARGETS).map((some, index) =>
      policy(
        'UpstreamSettingsPolicy',
        {
          targetRefs: some.map(({ name }) => ({ group: 'core', kind: 'Service', name })),
          keepAlive: { connections: policies.get('keepalive') },
        },
        index === 0 ? 'edge-keepalive' : `edge-keepalive-${index + 1}`,
        where,
      ),
    ),
  );
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
