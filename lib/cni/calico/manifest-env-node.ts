import { NodeAddressAutodetection } from './address-autodetection';
import type { CalicoBgpOptions } from './bgp-options';
import type { TunedCalicoOptions } from './calico-options';
import type { ManifestReader } from './manifest-env-reader';
import { CalicoIpamType } from './pool-options';
import { familyOf, networkAround, Severity, type IpFamily } from '../../cluster';

/** What the variables about the node say, and what others need of it. */
export interface NodeReading {
  readonly options: Pick<
    TunedCalicoOptions,
    'bgp' | 'ipam' | 'nodeAddressAutodetection' | 'nodeAddressAutodetectionV6'
  >;
  readonly backend: 'bird' | 'vxlan' | undefined;
  /** Whether the machines have no IPv4 address for Calico. */
  readonly withoutV4: boolean;
}

const BACKENDS = { bird: 'bird', vxlan: 'vxlan' } as const;

/** Datastore, backend, BGP, IPAM and the addresses of the node. */
export function readNode(reader: ManifestReader): NodeReading {
  readDatastore(reader);
  const backend = reader.takeWord(
    'CALICO_NETWORKING_BACKEND',
    BACKENDS,
    'TunedCalico is the network of the cluster; for policy alone beside another network it has no form',
  );
  const bgp = readBgp(reader, backend);
  const ipam = readIpam(reader);
  const v4 = readAddress(reader, 'IP', 'IPv4');
  const v6 = readAddress(reader, 'IP6', 'IPv6');
  return {
    backend,
    withoutV4: reader.take('IP') === 'none',
    options: {
      ...(Object.keys(bgp).length === 0 ? {} : { bgp }),
      ...(ipam === undefined ? {} : { ipam: { type: ipam } }),
      ...(v4 === undefined ? {} : { nodeAddressAutodetection: v4 }),
      ...(v6 === undefined ? {} : { nodeAddressAutodetectionV6: v6 }),
    },
  };
}

function readDatastore(reader: ManifestReader): void {
  const remedy =
    'the operator keeps its data in Kubernetes only; move the data with `calicoctl datastore migrate` first';
  reader.takeWord('DATASTORE_TYPE', { kubernetes: 'kubernetes' }, remedy);
  const endpoints = reader.take('ETCD_ENDPOINTS');
  if (endpoints === undefined) {
    return;
  }
  if (reader.take('DATASTORE_TYPE') === undefined) {
    // Without a type, endpoints are what makes calico-node use etcd.
    reader.wrong('ETCD_ENDPOINTS', 'left out', remedy);
  } else {
    reader.note(
      'ETCD_ENDPOINTS',
      'has no effect: the operator keeps its data in Kubernetes',
      'remove it',
    );
  }
}

function readBgp(reader: ManifestReader, backend: NodeReading['backend']): CalicoBgpOptions {
  const asNumber = readAsNumber(reader);
  const advertised = reader.takeNetwork('CALICO_ADVERTISE_CLUSTER_IPS');
  const severity = reader.take('BGP_LOGSEVERITYSCREEN');
  if (severity !== undefined && severity.toLowerCase() !== 'info') {
    reader.note(
      'BGP_LOGSEVERITYSCREEN',
      'is not taken over: BIRD logs at Info',
      'set logSeverityScreen of the BGPConfiguration while you look for something',
    );
  }
  if (backend === 'vxlan') {
    for (const name of ['AS', 'CALICO_ADVERTISE_CLUSTER_IPS']) {
      if (reader.take(name) !== undefined) {
        reader.note(name, 'has no effect: with CALICO_NETWORKING_BACKEND=vxlan there is no BGP');
      }
    }
    return { enabled: false };
  }
  if (advertised !== undefined) {
    reader.when(
      Severity.ERROR,
      'CALICO_ADVERTISE_CLUSTER_IPS',
      ({ serviceCidrs }) =>
        serviceCidrs.includes(advertised.toString())
          ? undefined
          : `must be a Service network of the cluster, ${serviceCidrs.join(' or ')}`,
      'correct serviceCidr or the variable; here bgp.advertiseServiceCidr advertises the Service networks of the cluster',
    );
  }
  return {
    // BIRD is the backend unless another one is named, and only BIRD has a use for the number.
    ...(backend === 'bird' || asNumber !== undefined ? { enabled: true } : {}),
    ...(asNumber === undefined ? {} : { asNumber }),
    ...(advertised === undefined ? {} : { advertiseServiceCidr: true }),
  };
}

/** A number, or two of 16 bits with a dot between them. */
function readAsNumber(reader: ManifestReader): number | undefined {
  const text = reader.take('AS');
  if (text === undefined) {
    return undefined;
  }
  const [high, low, ...rest] = text
    .split('.')
    .map((part) => (/^\d{1,10}$/.test(part) ? Number(part) : -1));
  const number = low === undefined ? high! : high! * 65536 + low;
  const whole = rest.length === 0 && high! >= 0 && (low === undefined || (low >= 0 && low < 65536));
  if (!whole || number < 1 || number > 2147483647) {
    reader.wrong(
      'AS',
      'an AS number between 1 and 2147483647',
      "Calico's schema takes no larger one; use a private number, 64512 to 65534, or your own",
    );
    return undefined;
  }
  return number;
}

function readIpam(reader: ManifestReader): CalicoIpamType | undefined {
  const config = reader.take('CNI_NETWORK_CONFIG') ?? '';
  const hostLocal = /"type"\s*:\s*"host-local"/.test(config);
  if (config !== '') {
    reader.remarks.push({
      severity: Severity.NOTE,
      say: () => [
        {
          message:
            'CNI_NETWORK_CONFIG has no effect: the operator writes the configuration of the plugin',
          remedy: 'compare it with /etc/cni/net.d/10-calico.conflist of a machine afterwards',
        },
      ],
    });
  }
  return reader.takeBoolean('USE_POD_CIDR') === true || hostLocal
    ? CalicoIpamType.HOST_LOCAL
    : undefined;
}

function readAddress(
  reader: ManifestReader,
  name: 'IP' | 'IP6',
  family: IpFamily,
): NodeAddressAutodetection | undefined {
  const value = reader.take(name);
  const methodName = `${name}_AUTODETECTION_METHOD`;
  const method = reader.take(methodName);
  // Without a value IPv4 is looked for and IPv6 is not.
  const detects = value === 'autodetect' || (value === undefined && name === 'IP');
  if (value !== undefined && value !== 'none' && value !== 'autodetect') {
    reader.wrong(
      name,
      'autodetect or none',
      `the operator has no fixed addresses; write ${methodName}=kubernetes-internal-ip, or cidr= with the machines' network`,
    );
  }
  if (value === 'none') {
    reader.when(
      Severity.WARNING,
      name,
      ({ _families }) =>
        _families.includes(family)
          ? `gave nodes no ${family} address; here they have one, because the cluster has ${family}`
          : undefined,
      `remove it, or describe a cluster without ${family}`,
    );
  }
  if (!detects) {
    if (method !== undefined && (value === undefined || value === 'none')) {
      reader.note(methodName, `has no effect: ${name} is ${value ?? 'not set'}`, 'remove it');
    }
    return undefined;
  }
  if (value === 'autodetect') {
    reader.when(
      Severity.NOTE,
      name,
      ({ _families }) =>
        !_families.includes(family)
          ? `has no effect: the cluster has no ${family}`
          : method === undefined
            ? 'took the first address that a machine lists; here it is the one that kubelet was given'
            : undefined,
      'compare the INTERNAL-IP of `kubectl get nodes -o wide` with the addresses that Calico has',
    );
  }
  return method === undefined ? undefined : methodOf(reader, methodName, method, family);
}

function methodOf(
  reader: ManifestReader,
  name: string,
  text: string,
  family: IpFamily,
): NodeAddressAutodetection | undefined {
  const [word, ...rest] = text.split('=');
  const value = rest.join('=');
  if (text === 'first-found') {
    return NodeAddressAutodetection.firstFound();
  }
  if (text === 'kubernetes-internal-ip') {
    return NodeAddressAutodetection.nodeInternalIp();
  }
  if (word === 'interface' && value.trim() !== '') {
    return NodeAddressAutodetection.onInterface(value);
  }
  if (word === 'skip-interface' && value.trim() !== '') {
    return NodeAddressAutodetection.skipInterface(value);
  }
  if (word === 'can-reach' && familyOf(value) === family) {
    return NodeAddressAutodetection.canReach(value);
  }
  const networks =
    word === 'cidr' ? value.split(',').map((part) => networkAround(part.trim())) : [];
  if (networks.length > 0 && networks.every((network) => network?.family === family)) {
    return NodeAddressAutodetection.cidrs(...networks.map(String));
  }
  reader.wrong(
    name,
    `first-found, kubernetes-internal-ip, interface=, skip-interface=, can-reach= with an ${family} address or cidr= with ${family} networks`,
    'kubernetes-internal-ip takes the address that kubelet was given',
  );
  return undefined;
}
