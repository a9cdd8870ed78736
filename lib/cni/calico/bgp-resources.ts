import { REFLECTOR_LABEL } from './bgp';
import type { CalicoBgpFilter, CalicoBgpFilterRule, TopOfRackPeer } from './bgp-options';
import type { CalicoChoices } from './choices';
import { goDuration } from './go-duration';
import { stored } from './installation';
import { tuned, type Manifest, type SecretRef, type TuningRow } from '../../cluster';

const SOURCE = 'projectcalico/calico:confd/pkg/backends/calico/bgp_processor.go (v3.32.1)';
const GUIDE = 'https://docs.tigera.io/calico/latest/networking/configuring/bgp';
const CHOSEN = 'chosen in the spec';
/** Where calico-node runs and reads passwords. */
const NAMESPACE = 'calico-system';
const RBAC = 'rbac.authorization.k8s.io';

/** An object together with the reasons of its values. */
export interface Explained {
  readonly object: Manifest;
  readonly rows: ReadonlyArray<TuningRow<unknown>>;
}

/**
 * What BGP needs before calico-node starts, in the group that is stored. Through the served group it
 * would come too late where only a router outside leads to other machines: Calico's API server runs in
 * a pod, and pods would wait for the routes that it holds.
 */
export function bgpResources({ bgp, options }: CalicoChoices): Explained[] {
  if (!bgp.enabled || options.bgp === undefined) {
    return [];
  }
  return [
    ...(options.bgp.filters ?? []).map(filter),
    bgpConfiguration({ bgp, options }),
    ...bgp.peers.map(peer),
    ...(bgp.reflectors.length === 0 ? [] : [reflectorPeer()]),
    ...bgp.reflectors.map((name) => reflectorNode(name, bgp.clusterId)),
  ];
}

/** What all sessions of the machines have in common, and what they tell. */
export function bgpConfiguration({
  bgp,
  options,
}: Pick<CalicoChoices, 'bgp' | 'options'>): Explained {
  const row = (field: string, value: unknown, upstream: string, why = CHOSEN) =>
    tuned(`BGPConfiguration.spec.${field}`, value, upstream, why, SOURCE);
  const given = options.bgp!;
  const cidrs = (networks: readonly string[]) => networks.map((cidr) => ({ cidr }));
  const rows: Record<string, TuningRow<unknown>> = {
    asNumber: row(
      'asNumber',
      bgp.asNumber,
      '64512',
      given.asNumber === undefined ? "Calico's own default, written out" : CHOSEN,
    ),
    listenPort: row(
      'listenPort',
      bgp.listenPort,
      '179',
      given.listenPort === undefined ? "BGP's own port, written out" : CHOSEN,
    ),
    nodeToNodeMeshEnabled: row(
      'nodeToNodeMeshEnabled',
      bgp.mesh,
      'true',
      given.nodeToNodeMesh !== undefined
        ? CHOSEN
        : bgp.mesh
          ? 'every machine keeps a session with every other'
          : 'route reflectors hand the routes on',
    ),
  };
  if (given.nodeMeshPassword !== undefined) {
    rows.nodeMeshPassword = row('nodeMeshPassword', secretKeyRef(given.nodeMeshPassword), 'none');
  }
  const advertised = {
    serviceClusterIPs: bgp.advertised.cluster,
    serviceExternalIPs: bgp.advertised.external,
    serviceLoadBalancerIPs: bgp.advertised.loadBalancer,
  };
  for (const [field, networks] of Object.entries(advertised)) {
    if (networks.length > 0) {
      rows[field] = row(field, cidrs(networks), 'none');
    }
  }
  if (given.communities !== undefined) {
    rows.communities = row(
      'communities',
      Object.entries(given.communities)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, value]) => ({ name, value })),
      'none',
    );
  }
  if (given.prefixAdvertisements !== undefined) {
    rows.prefixAdvertisements = row('prefixAdvertisements', given.prefixAdvertisements, 'none');
  }
  const spec = Object.fromEntries(Object.entries(rows).map(([field, { value }]) => [field, value]));
  return { object: stored('BGPConfiguration', 'default', spec), rows: Object.values(rows) };
}

/** Names are made from zone and address, so that they stay when the list is sorted another way. */
function peer(given: TopOfRackPeer): Explained {
  const { zone, peerIp, keepaliveTime, password } = given;
  // A name ends with a letter or a digit, an IPv6 address may end with colons.
  const address = peerIp.replace(/::$/, '::0').replace(/[.:]/g, '-');
  const name = ['tor', zone, address].filter((part) => part).join('-');
  const spec = defined({
    nodeSelector: zone === undefined ? 'all()' : `topology.kubernetes.io/zone == '${zone}'`,
    peerIP: peerIp,
    asNumber: given.asNumber,
    localASNumber: given.localAsNumber,
    password: password === undefined ? undefined : secretKeyRef(password),
    keepaliveTime: keepaliveTime === undefined ? undefined : goDuration(keepaliveTime),
    ttlSecurity: given.ttlSecurity,
    sourceAddress: given.sourceAddress,
    nextHopMode: given.nextHopMode,
    numAllowedLocalASNumbers: given.numAllowedLocalAsNumbers,
    filters: given.filters,
  });
  return chosen('BGPPeer', name, spec);
}

function reflectorPeer(): Explained {
  const spec = { nodeSelector: 'all()', peerSelector: `${REFLECTOR_LABEL} == 'true'` };
  return {
    object: stored('BGPPeer', 'route-reflectors', spec),
    rows: [
      tuned(
        'BGPPeer[route-reflectors].spec',
        spec,
        'none',
        'every machine, reflectors included, keeps a session with every reflector',
        GUIDE,
      ),
    ],
  };
}

/**
 * What makes a machine a route reflector stands on its Node, which the kubelet made. Applied by the
 * server, only these labels and annotations are ours; engines that prune must leave the Node where it is.
 */
function reflectorNode(name: string, clusterId: string): Explained {
  return {
    object: {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name,
        labels: { [REFLECTOR_LABEL]: 'true' },
        annotations: {
          'projectcalico.org/RouteReflectorClusterID': clusterId,
          'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
          'kustomize.toolkit.fluxcd.io/prune': 'disabled',
        },
      },
    },
    rows: [
      tuned(
        `Node[${name}].projectcalico.org/RouteReflectorClusterID`,
        clusterId,
        'none',
        'all reflectors share the id: they do not reflect to each other what each of them knows',
        'projectcalico/calico:libcalico-go/lib/backend/k8s/resources/node.go (v3.32.1)',
      ),
    ],
  };
}

function filter({ name, ...lists }: CalicoBgpFilter): Explained {
  const rule = (given: CalicoBgpFilterRule) =>
    defined({
      action: given.action,
      cidr: given.cidr,
      matchOperator: given.matchOperator,
      source: given.fromRemotePeers === true ? 'RemotePeers' : undefined,
      interface: given.interfaceName,
    });
  const spec = Object.fromEntries(
    Object.entries(lists).map(([list, rules]) => [list, rules!.map(rule)]),
  );
  return chosen('BGPFilter', name, spec);
}

function chosen(kind: string, name: string, spec: object): Explained {
  return {
    object: stored(kind, name, spec),
    rows: [tuned(`${kind}[${name}].spec`, spec, 'none', CHOSEN, GUIDE)],
  };
}

function secretKeyRef({ secretName, key }: SecretRef) {
  return { secretKeyRef: { name: secretName, key } };
}

function defined(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/**
 * The right to read the passwords of sessions, which the operator does not give. The namespace is the
 * operator's; made before, with the operator's own labels, it becomes its own.
 */
export function passwordAccess(secrets: readonly string[]): Manifest[] {
  if (secrets.length === 0) {
    return [];
  }
  const name = 'calico-bgp-passwords';
  const metadata = { name, namespace: NAMESPACE };
  const objects = [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: NAMESPACE,
        labels: {
          name: NAMESPACE,
          'pod-security.kubernetes.io/enforce': 'privileged',
          'pod-security.kubernetes.io/enforce-version': 'latest',
        },
      },
    },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'Role',
      metadata,
      rules: [
        {
          apiGroups: [''],
          resources: ['secrets'],
          resourceNames: [...secrets],
          verbs: ['get', 'list', 'watch'],
        },
      ],
    },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: RBAC, kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name: 'calico-node', namespace: NAMESPACE }],
    },
  ];
  return objects;
}
