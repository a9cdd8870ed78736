import type { FlannelChoices } from './choices';
import type { configRows } from './config-tuning';
import type { Cluster, Tuning } from '../../cluster';

/** What the ConfigMap is made of. */
export interface NetworkConfigInput {
  readonly cluster: Cluster;
  readonly choices: FlannelChoices;
  readonly tuning: Tuning<ReturnType<typeof configRows>>;
  /** Fields of the backend beside its type. */
  readonly backend: Readonly<Record<string, unknown>>;
  /** What the bridge plugin is told beside the tuned values, by field. */
  readonly delegate: Readonly<Record<string, unknown>>;
}

/** The text of net-conf.json. A family that is off has no network: flannel does not read one. */
export function netConf({ cluster, choices, tuning, backend }: NetworkConfigInput): string {
  const { families } = choices;
  const ipv4 = families.includes('IPv4');
  const ipv6 = families.includes('IPv6');
  return json({
    EnableIPv4: ipv4,
    ...(ipv4 ? { Network: cluster.podCidr } : {}),
    EnableIPv6: ipv6,
    ...(ipv6 ? { IPv6Network: cluster.podCidrV6 ?? cluster.podCidr } : {}),
    EnableNFTables: tuning.get('nftables'),
    Backend: { Type: tuning.get('backendType'), ...backend },
  });
}

/** The text of cni-conf.json: flannel's plugin hands over to bridge and host-local. */
export function cniConf({ tuning, delegate }: NetworkConfigInput): string {
  return json({
    name: tuning.get('conflist'),
    cniVersion: tuning.get('cniVersion'),
    plugins: [
      {
        type: 'flannel',
        delegate: {
          hairpinMode: tuning.get('hairpinMode'),
          isDefaultGateway: tuning.get('defaultGateway'),
          ...delegate,
        },
      },
      { type: 'portmap', capabilities: { portMappings: tuning.get('portMappings') } },
    ],
  });
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
