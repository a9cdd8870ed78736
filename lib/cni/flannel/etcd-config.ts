import { Cidr, type Problem } from '../../cluster';

/** What an older flannel kept in etcd, as far as it says anything today. */
export interface EtcdNetworkConfig {
  readonly network: string;
  /** Type of the backend; undefined where there is none, which meant udp. */
  readonly backend?: EtcdBackend;
  /** Range of each machine's subnet, key → value. */
  readonly subnets: ReadonlyArray<[string, string]>;
  /** Anything else, by key. */
  readonly unknown: readonly string[];
}

interface EtcdBackend {
  readonly type: string;
  readonly vni?: number;
  readonly port?: number;
}

export interface ParsedEtcdConfig {
  readonly config?: EtcdNetworkConfig;
  readonly problems: readonly Problem[];
}

/** Backends of 2015 that flannel still has; the others were those of clouds. */
const TYPES = ['udp', 'vxlan', 'host-gw'];
const SUBNETS = ['SubnetLen', 'SubnetMin', 'SubnetMax'];

/** Reads the JSON under /coreos.com/network/config. Keys are taken as Go takes them, in any case. */
export function parseEtcdConfig(text: string): ParsedEtcdConfig {
  const json = parseObject(text);
  if (json === undefined) {
    return {
      problems: [
        {
          prop: 'etcdConfig',
          allowed: 'a JSON object',
          got: text,
          remedy: 'paste what `etcdctl get /coreos.com/network/config` printed',
        },
      ],
    };
  }
  const fields = lowerCased(json);
  const problems = [...networkProblems(fields.network), ...backendProblems(fields.backend)];
  if (problems.length > 0) {
    return { problems };
  }
  const known = ['network', 'backend', ...SUBNETS.map((key) => key.toLowerCase())];
  const backend = fields.backend === undefined ? undefined : lowerCased(fields.backend as object);
  return {
    problems,
    config: {
      network: fields.network as string,
      subnets: SUBNETS.filter((key) => fields[key.toLowerCase()] !== undefined).map((key) => [
        key,
        String(fields[key.toLowerCase()]),
      ]),
      unknown: [
        ...Object.keys(json).filter((key) => !known.includes(key.toLowerCase())),
        ...unknownBackendKeys(fields.backend, backend?.type),
      ],
      backend:
        backend === undefined
          ? undefined
          : {
              type: backend.type as string,
              vni: backend.vni as number | undefined,
              // 0 is how Go says that nothing was said.
              port: (backend.port as number | undefined) || undefined,
            },
    },
  };
}

function networkProblems(network: unknown): Problem[] {
  if (typeof network === 'string' && Cidr.parse(network)?.family === 'IPv4') {
    return [];
  }
  return [
    {
      prop: 'etcdConfig.Network',
      allowed: 'a canonical IPv4 CIDR',
      got: network,
      remedy: 'write the network address with its prefix length, for example 10.244.0.0/16',
    },
  ];
}

function backendProblems(backend: unknown): Problem[] {
  if (backend === undefined) {
    return [];
  }
  const { type, vni, port } = isObject(backend) ? lowerCased(backend) : {};
  if (typeof type !== 'string' || !TYPES.includes(type)) {
    return [
      {
        prop: 'etcdConfig.Backend.Type',
        allowed: `one of ${TYPES.join(', ')}`,
        got: type,
        remedy:
          'backends of clouds are gone from flannel, and the others are experimental; delete Backend from the text',
      },
    ];
  }
  return Object.entries({ VNI: vni, Port: port })
    .filter(([, value]) => value !== undefined && typeof value !== 'number')
    .map(([key, got]) => ({
      prop: `etcdConfig.Backend.${key}`,
      allowed: 'a number',
      got,
      remedy: 'write it without quotes',
    }));
}

/** udp's port goes with udp, so only vxlan has anything to carry over. */
function unknownBackendKeys(backend: unknown, type: unknown): string[] {
  const known = type === 'vxlan' ? ['type', 'vni', 'port'] : ['type'];
  return Object.keys((backend ?? {}) as object)
    .filter((key) => !known.includes(key.toLowerCase()))
    .map((key) => `Backend.${key}`);
}

function parseObject(text: string): object | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return isObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function lowerCased(value: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [key.toLowerCase(), v]));
}
