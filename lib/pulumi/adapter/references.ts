import type { EdgeGraph } from './edge-graph';
import { isCustom, type ObjectIdentity } from './identity';
import type { ObjectIndex } from './object-index';
import { containersOf, podSpecOf, serviceAccountOf, volumesOf } from './pods';
import type { StackObject } from './stack-object';

const RBAC = 'rbac.authorization.k8s.io';

/** What an object names in its fields, each with the word for the edge. */
type Reference = readonly [ObjectIdentity, string];

/**
 * Edges that an object says itself: it names another one, without which the API server refuses it, or
 * without which its pods do not start. Never to a Service: pods do not wait for one, and Pulumi waits
 * for the pods of a Service, so such an edge would never end.
 */
export function addReferences(index: ObjectIndex, graph: EdgeGraph): void {
  const bindings = bindingsByAccount(index);
  for (const object of index.all) {
    for (const [identity, why] of referencesOf(object)) {
      const found = index.find(identity);
      // The token of an account may stand in its list, and yet comes after it.
      const isOwnToken =
        object.kind === 'ServiceAccount' && found && tokenAccountOf(found) === object.name;
      if (found !== undefined && !isOwnToken) {
        graph.require(object.key, found.key, why);
      }
    }
    const definition = isCustom(object.group) ? index.definitionOf(object) : undefined;
    if (definition !== undefined) {
      graph.require(object.key, definition.key, 'its kind is defined there');
    }
    const pod = podSpecOf(object);
    if (pod !== undefined) {
      const account = `${object.namespace}/${serviceAccountOf(pod)}`;
      for (const binding of bindings.get(account) ?? []) {
        graph.require(object.key, binding.key, 'its pods have these rights');
      }
    }
    for (const service of calledServices(object, index)) {
      graph.require(object.key, service.key, 'the API server calls this Service');
      for (const workload of index.behind(service)) {
        graph.require(object.key, workload.key, 'it answers the API server');
      }
    }
  }
}

function referencesOf(object: StackObject): Reference[] {
  const { namespace, manifest, kind } = object;
  const { spec } = manifest;
  const within = named(namespace);
  const references: Reference[] =
    namespace === undefined
      ? []
      : [[{ group: '', kind: 'Namespace', name: namespace }, 'its namespace']];
  switch (kind) {
    case 'RoleBinding':
    case 'ClusterRoleBinding':
      references.push(...bindingReferences(object));
      break;
    case 'ServiceAccount':
      references.push(
        ...within('', 'Secret', manifest.imagePullSecrets, 'its pull secret'),
        ...within('', 'Secret', manifest.secrets, 'its secret'),
      );
      break;
    case 'Secret':
      // Who looks after tokens deletes one whose account is not there.
      references.push(...within('', 'ServiceAccount', [tokenAccountOf(object)], 'its account'));
      break;
    case 'Ingress':
      references.push(
        ...wide('networking.k8s.io', 'IngressClass', spec?.ingressClassName, 'its class'),
        ...within(
          '',
          'Secret',
          (spec?.tls ?? []).map((tls: any) => tls.secretName),
          'its certificate',
        ),
      );
      break;
    case 'Gateway':
      references.push(...wide(object.group, 'GatewayClass', spec?.gatewayClassName, 'its class'));
      break;
    case 'L2Advertisement':
    case 'BGPAdvertisement':
      references.push(
        ...within(object.group, 'IPAddressPool', spec?.ipAddressPools, 'its pool'),
        ...within(object.group, 'BGPPeer', spec?.peers, 'its peer'),
      );
      break;
    case 'BGPPeer':
      references.push(
        ...within(object.group, 'BFDProfile', [spec?.bfdProfile], 'its profile'),
        ...within('', 'Secret', [spec?.passwordSecret], 'its password'),
      );
      break;
    case 'PersistentVolume':
    case 'PersistentVolumeClaim':
      references.push(...claimReferences(spec));
      break;
    case 'StatefulSet':
      for (const claim of spec?.volumeClaimTemplates ?? []) {
        references.push(...claimReferences(claim.spec));
      }
      break;
    case 'ValidatingAdmissionPolicyBinding':
    case 'MutatingAdmissionPolicyBinding':
      references.push(
        ...wide(object.group, kind.replace('Binding', ''), spec?.policyName, 'its policy'),
      );
      break;
  }
  return [...references, ...routeReferences(object), ...podReferences(object)];
}

/** The account whose token a Secret is to hold. */
function tokenAccountOf({ kind, manifest: { type, metadata } }: StackObject): string | undefined {
  return kind === 'Secret' && type === 'kubernetes.io/service-account-token'
    ? metadata?.annotations?.['kubernetes.io/service-account.name']
    : undefined;
}

/** Routes of the Gateway API name what they are attached to. */
function routeReferences({ group, namespace, manifest }: StackObject): Reference[] {
  const parents: any[] =
    group === 'gateway.networking.k8s.io' ? (manifest.spec?.parentRefs ?? []) : [];
  return parents.map(({ kind = 'Gateway', namespace: there = namespace, name }) => [
    { group, kind, namespace: there, name },
    'its parent',
  ]);
}

function bindingReferences({ group, namespace, manifest }: StackObject): Reference[] {
  const { roleRef, subjects = [] } = manifest;
  const role: ObjectIdentity =
    roleRef?.kind === 'Role'
      ? { group, kind: 'Role', namespace, name: roleRef.name }
      : { group, kind: 'ClusterRole', name: roleRef?.name };
  const accounts = subjects
    .filter((subject: any) => subject.kind === 'ServiceAccount')
    .map((subject: any): Reference => [
      {
        group: '',
        kind: 'ServiceAccount',
        namespace: subject.namespace ?? namespace,
        name: subject.name,
      },
      'its subject',
    ]);
  return [[role, 'its role'], ...accounts];
}

function claimReferences(spec: any): Reference[] {
  return [
    ...wide('storage.k8s.io', 'StorageClass', spec?.storageClassName, 'its storage class'),
    ...wide('', 'PersistentVolume', spec?.volumeName, 'its volume'),
  ];
}

function podReferences(object: StackObject): Reference[] {
  const pod = podSpecOf(object);
  if (pod === undefined) {
    return [];
  }
  const within = named(object.namespace);
  const containers = containersOf(pod);
  const volumes = volumesOf(pod);
  const environment = [
    ...containers.flatMap(({ env = [] }) => env.map(({ valueFrom }: any) => valueFrom)),
    ...containers.flatMap(({ envFrom = [] }) => envFrom),
  ];
  const configMaps = [
    ...volumes.map(({ configMap }) => configMap?.name),
    ...environment.map((from) => (from?.configMapKeyRef ?? from?.configMapRef)?.name),
  ];
  const secrets = [
    ...volumes.map(({ secret }) => secret?.secretName ?? secret?.name),
    ...environment.map((from) => (from?.secretKeyRef ?? from?.secretRef)?.name),
    ...(pod.imagePullSecrets ?? []).map(({ name }: any) => name),
  ];
  const told = toldByArguments(containers, object.namespace);
  const claims = volumes.map(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName);
  return [
    ...within('', 'ServiceAccount', [serviceAccountOf(pod)], 'the account of its pods'),
    ...within('', 'ConfigMap', configMaps, 'its pods read it'),
    ...within('', 'Secret', secrets, 'its pods read it'),
    ...within('', 'PersistentVolumeClaim', claims, 'its pods mount it'),
    ...within('', 'ConfigMap', told, 'an argument of its pods names it'),
    ...within('', 'Secret', told, 'an argument of its pods names it'),
    ...told.flatMap((name) =>
      wide('networking.k8s.io', 'IngressClass', name, 'an argument of its pods names it'),
    ),
    ...wide('scheduling.k8s.io', 'PriorityClass', pod.priorityClassName, 'its priority'),
    ...wide('node.k8s.io', 'RuntimeClass', pod.runtimeClassName, 'its runtime'),
  ];
}

/**
 * Names that containers get as arguments: controllers end when the configuration they are told of is
 * not there. `--flag=name`, `--flag name`, and the same with the pods' own namespace before it.
 */
export function toldByArguments(containers: readonly any[], namespace?: string): string[] {
  const own = [`${namespace}/`, '$(POD_NAMESPACE)/'];
  return containers
    .flatMap(({ command = [], args = [] }) => [...command, ...args])
    .filter((argument): argument is string => typeof argument === 'string')
    .map((argument) => (argument.startsWith('-') ? argument.replace(/^[^=]*=?/, '') : argument))
    .map((value) => own.reduce((rest, prefix) => stripped(rest, prefix), value))
    .filter((value) => /^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/.test(value));
}

function stripped(text: string, prefix: string): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : text;
}

/** Services that the API server calls because of an object. */
function calledServices({ group, kind, manifest }: StackObject, index: ObjectIndex) {
  const called =
    kind === 'APIService' && group === 'apiregistration.k8s.io'
      ? [manifest.spec?.service]
      : kind === 'ValidatingWebhookConfiguration' || kind === 'MutatingWebhookConfiguration'
        ? (manifest.webhooks ?? []).map(({ clientConfig }: any) => clientConfig?.service)
        : [];
  return called
    .filter((service: any) => service !== undefined && service !== null)
    .map(({ namespace, name }: any) => index.find({ group: '', kind: 'Service', namespace, name }))
    .filter((service: StackObject | undefined) => service !== undefined) as StackObject[];
}

function bindingsByAccount(index: ObjectIndex): ReadonlyMap<string, StackObject[]> {
  const bindings = new Map<string, StackObject[]>();
  for (const binding of [...index.ofKind('RoleBinding'), ...index.ofKind('ClusterRoleBinding')]) {
    for (const subject of binding.group === RBAC ? (binding.manifest.subjects ?? []) : []) {
      if (subject.kind === 'ServiceAccount') {
        const account = `${subject.namespace ?? binding.namespace}/${subject.name}`;
        bindings.set(account, [...(bindings.get(account) ?? []), binding]);
      }
    }
  }
  return bindings;
}

/** References to objects in one namespace, by names or by objects that have one. */
function named(namespace: string | undefined) {
  return (group: string, kind: string, names: readonly any[] = [], why: string): Reference[] =>
    names
      .map((each) => (typeof each === 'string' ? each : each?.name))
      .filter((name) => typeof name === 'string')
      .map((name): Reference => [{ group, kind, namespace, name }, why]);
}

/** A reference to an object that belongs to the whole cluster. */
function wide(group: string, kind: string, name: unknown, why: string): Reference[] {
  return typeof name === 'string' ? [[{ group, kind, name }, why]] : [];
}
