import type { ManifestReader } from './manifest-env-reader';

/** The value that the operator has, or that changes nothing; with another one it is said. */
interface Fixed {
  readonly same: readonly string[];
  readonly why: string;
}

const LOCAL = 'calico-node has no such setting under the operator';

/** Variables that the operator decides, or that nobody can set under it. */
const FIXED: Readonly<Record<string, Fixed>> = {
  WAIT_FOR_DATASTORE: { same: ['true'], why: 'the operator always waits' },
  CLUSTER_TYPE: {
    same: ['k8s,bgp', 'k8s,operator,bgp'],
    why: 'the operator says what the cluster is',
  },
  CNI_CONF_NAME: { same: ['10-calico.conflist'], why: 'the operator names the file' },
  SLEEP: { same: ['false'], why: 'the operator runs the installer once, before calico-node' },
  CALICO_MANAGE_CNI: { same: ['true'], why: 'the operator always renews the token of the plugin' },
  CALICO_DISABLE_FILE_LOGGING: {
    same: ['false'],
    why: 'the operator sets it to false, and calico-node logs to files on the machine as well',
  },
  ENABLED_CONTROLLERS: { same: ['node,loadbalancer'], why: 'the operator chooses the controllers' },
  CALICO_ROUTER_ID: {
    same: [],
    why: 'the operator sets it to hash where there is no IPv4, and else the address of the machine is the router id',
  },
  CALICO_STARTUP_LOGLEVEL: { same: ['ERROR'], why: LOCAL },
  DISABLE_NODE_IP_CHECK: { same: ['false'], why: LOCAL },
  AUTODETECT_POLL_INTERVAL: { same: ['60s'], why: LOCAL },
};

/** Values that come from the pod itself: there is nothing to take over. */
const FILLED_IN = [
  'NODENAME',
  'KUBERNETES_NODE_NAME',
  'CALICO_K8S_NODE_REF',
  'NAMESPACE',
  'KUBERNETES_SERVICE_HOST',
  'KUBERNETES_SERVICE_PORT',
];

/** Notes on variables that set nothing, and on those that nobody knows. Call it last. */
export function readFixed(reader: ManifestReader): void {
  FILLED_IN.forEach((name) => reader.take(name));
  for (const [name, { same, why }] of Object.entries(FIXED)) {
    const value = reader.take(name);
    if (value !== undefined && !same.some((word) => word.toLowerCase() === value.toLowerCase())) {
      reader.note(name, `has no effect: ${why}`, REMOVE);
    }
  }
  for (const name of reader.unread()) {
    reader.note(
      name,
      name.startsWith('ETCD_')
        ? 'has no effect: the operator keeps its data in Kubernetes'
        : 'is no variable of calico-node that is known here, and has no effect',
      name.startsWith('ETCD_') ? REMOVE : 'check its spelling, or remove it',
    );
  }
}

const REMOVE = 'remove it';
