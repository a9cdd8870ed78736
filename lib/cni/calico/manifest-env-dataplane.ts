import { Duration } from 'cdk8s';
import type { TunedCalicoOptions } from './calico-options';
import { LinuxDataplane } from './dataplane-options';
import type { ManifestReader } from './manifest-env-reader';
import { Severity } from '../../cluster';

type Fields = Readonly<Record<string, unknown>>;

/** Fields of the BPF dataplane with a prop: prop → field. */
const BPF = {
  externalServiceMode: 'bpfExternalServiceMode',
  connectTimeLoadBalancing: 'bpfConnectTimeLoadBalancing',
  dataIfacePattern: 'bpfDataIfacePattern',
  mapSizeConntrack: 'bpfMapSizeConntrack',
} as const;

/** Fields of WireGuard with a prop: prop → field, and the field that switches it on. */
const WIREGUARD = {
  listeningPort: ['wireguardListeningPort', 'wireguardEnabled'],
  listeningPortV6: ['wireguardListeningPortV6', 'wireguardEnabledV6'],
} as const;

/** What decides the dataplane and the encryption, and the fields that are left for others. */
export function readDataplane(
  reader: ManifestReader,
  fields: Fields,
  nameOf: (field: string) => string | undefined,
): {
  readonly options: Pick<TunedCalicoOptions, 'bpf' | 'wireguard' | 'linuxDataplane'>;
  readonly rest: Fields;
} {
  const linuxDataplane = dataplaneOf(fields);
  const bpf = readBpf(reader, fields, nameOf, linuxDataplane === LinuxDataplane.BPF);
  const wireguard = readWireguard(reader, fields, nameOf);
  const read: string[] = [
    'bpfEnabled',
    'nftablesMode',
    ...Object.values(BPF),
    'wireguardEnabled',
    'wireguardEnabledV6',
    'wireguardKeepAlive',
    ...Object.values(WIREGUARD).map(([field]) => field),
  ];
  return {
    options: {
      ...(linuxDataplane === undefined ? {} : { linuxDataplane }),
      ...(bpf === undefined ? {} : { bpf }),
      ...(wireguard === undefined ? {} : { wireguard }),
    },
    rest: Object.fromEntries(Object.entries(fields).filter(([field]) => !read.includes(field))),
  };
}

/** Auto goes by kube-proxy, and so does TunedCalico when nothing is said. */
function dataplaneOf({ bpfEnabled, nftablesMode }: Fields): LinuxDataplane | undefined {
  if (bpfEnabled === true) {
    return LinuxDataplane.BPF;
  }
  return nftablesMode === 'Enabled'
    ? LinuxDataplane.NFTABLES
    : nftablesMode === 'Disabled'
      ? LinuxDataplane.IPTABLES
      : undefined;
}

function readBpf(
  reader: ManifestReader,
  fields: Fields,
  nameOf: (field: string) => string | undefined,
  enabled: boolean,
): TunedCalicoOptions['bpf'] {
  const given = Object.entries(BPF).filter(([, field]) => fields[field] !== undefined);
  if (enabled) {
    return given.length === 0
      ? undefined
      : Object.fromEntries(given.map(([prop, field]) => [prop, fields[field]]));
  }
  for (const [, field] of given) {
    reader.note(nameOf(field)!, 'has no effect without FELIX_BPFENABLED=true', 'remove it');
  }
  return undefined;
}

function readWireguard(
  reader: ManifestReader,
  fields: Fields,
  nameOf: (field: string) => string | undefined,
): TunedCalicoOptions['wireguard'] {
  const on = [fields.wireguardEnabled === true, fields.wireguardEnabledV6 === true];
  const props: Record<string, unknown> = {};
  for (const [prop, [field, by]] of Object.entries(WIREGUARD)) {
    if (fields[field] !== undefined && fields[by] === true) {
      props[prop] = fields[field];
    } else if (fields[field] !== undefined) {
      reader.note(
        nameOf(field)!,
        `has no effect without FELIX_${by.toUpperCase()}=true`,
        'remove it',
      );
    }
  }
  const keepAlive = fields.wireguardKeepAlive as Duration | undefined;
  const name = nameOf('wireguardKeepAlive')!;
  const milliseconds = keepAlive?.toMilliseconds() ?? 0;
  if (keepAlive !== undefined && !on.includes(true)) {
    reader.note(name, 'has no effect without FELIX_WIREGUARDENABLED=true', 'remove it');
  } else if (milliseconds % 1000 !== 0 || milliseconds > 65_535_000) {
    reader.wrong(name, 'whole seconds up to 65535', '25 keeps most firewalls open');
  } else if (milliseconds > 0) {
    props.keepAlive = keepAlive;
  }
  if (on[0] !== on[1]) {
    const [field, family] = on[0] ? ['wireguardEnabled', 'IPv4'] : ['wireguardEnabledV6', 'IPv6'];
    reader.when(
      Severity.WARNING,
      nameOf(field!)!,
      ({ isDualStack, _families }) =>
        isDualStack || _families[0] !== family
          ? `encrypted ${family} only; here wireguard encrypts ${_families.join(' and ')}`
          : undefined,
      'make sure that every machine has the module and the port, or leave wireguard out',
    );
  }
  return on.includes(true) ? props : undefined;
}
