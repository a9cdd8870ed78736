// What an object of Kubernetes needs to be there before it, read from the objects alone. It is written from
// what the API server, the kubelet and the controllers do with each field and knows nothing of the library,
// so that it can judge the library's order.

/* eslint-disable @typescript-eslint/no-explicit-any */
export type KubeObject = Record<string, any>;

export interface Reference {
  readonly from: KubeObject;
  readonly to: KubeObject;
  /** The field or the rule. */
  readonly why: string;
}

/** A name that a field holds, and which object it means. */
interface Mention {
  readonly why: string;
  readonly means: (object: KubeObject) => boolean;
}

/**
 * References whose target has to be there first: without it the object is refused, its pods do not start,
 * or whoever waits for it waits in vain. What points to something outside of the objects is not listed.
 */
export function references(objects: readonly KubeObject[]): Reference[] {
  const found = resolve(objects, (object) => [
    ...ofPlace(object),
    ...ofBinding(object),
    ...ofPods(object),
    ...ofStorage(object),
    ...ofWebhooks(object),
  ]);
  const answering = behindServices(objects, found);
  return [...found, ...answering, ...ofRights(objects), ...admitted(objects, answering)];
}

/** References that are followed whenever their target comes: an order, but nobody fails without it. */
export function looseReferences(objects: readonly KubeObject[]): Reference[] {
  return resolve(objects, ({ kind, metadata, spec }) => [
    ...(kind === 'Ingress' ? [named('IngressClass', spec.ingressClassName)] : []),
    ...(kind === 'Gateway' ? [named('GatewayClass', spec.gatewayClassName)] : []),
    ...(spec?.parentRefs ?? []).map((parent: any) =>
      named(parent.kind ?? 'Gateway', parent.name, parent.namespace ?? metadata.namespace),
    ),
    ...(spec?.ipAddressPools ?? []).map((pool: string) =>
      named('IPAddressPool', pool, metadata.namespace),
    ),
    ...(kind === 'BGPPeer' ? [named('BFDProfile', spec.bfdProfile, metadata.namespace)] : []),
  ]);
}

function resolve(
  objects: readonly KubeObject[],
  mentionsOf: (object: KubeObject) => Mention[],
): Reference[] {
  return objects.flatMap((from) =>
    mentionsOf(from).flatMap(({ why, means }) =>
      objects.filter((to) => to !== from && means(to)).map((to) => ({ from, to, why })),
    ),
  );
}

/** An object without a namespace is one of the whole cluster, and every reference to it is without one. */
function named(kind: string, name: string | undefined, namespace?: string, why = kind): Mention {
  return {
    why,
    means: (object) =>
      object.kind === kind &&
      object.metadata.name === name &&
      object.metadata.namespace === namespace,
  };
}

function groupOf({ apiVersion }: KubeObject): string {
  return apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
}

/** Its namespace, and the definition of its kind. */
function ofPlace(object: KubeObject): Mention[] {
  return [
    named('Namespace', object.metadata.namespace),
    {
      why: 'the definition of its kind',
      means: ({ kind, spec }) =>
        kind === 'CustomResourceDefinition' &&
        spec.group === groupOf(object) &&
        spec.names.kind === object.kind,
    },
  ];
}

function ofBinding({ kind, roleRef, subjects, metadata, spec }: KubeObject): Mention[] {
  if (kind === 'ValidatingAdmissionPolicyBinding') {
    return [named('ValidatingAdmissionPolicy', spec.policyName)];
  }
  if (roleRef === undefined) {
    return [];
  }
  return [
    named(roleRef.kind, roleRef.name, roleRef.kind === 'Role' ? metadata.namespace : undefined),
    ...(subjects ?? [])
      .filter((subject: any) => subject.kind === 'ServiceAccount')
      .map(({ name, namespace }: any) =>
        named('ServiceAccount', name, namespace ?? metadata.namespace),
      ),
  ];
}

/** What its pods are made from, of whatever controller of the core. */
export function podSpec({ kind, spec }: KubeObject): any {
  return kind === 'Pod' ? spec : (spec?.jobTemplate?.spec ?? spec)?.template?.spec;
}

function ofPods(object: KubeObject): Mention[] {
  const { namespace } = object.metadata;
  const secrets = (list: any[] | undefined) =>
    (list ?? []).map(({ name }) => named('Secret', name, namespace));
  if (object.kind === 'ServiceAccount') {
    return [...secrets(object.imagePullSecrets), ...secrets(object.secrets)];
  }
  const pod = podSpec(object);
  if (pod?.containers === undefined) {
    return [];
  }
  const sources = (pod.volumes ?? []).flatMap((volume: any) => [
    volume,
    ...(volume.projected?.sources ?? []),
  ]);
  const containers = [...(pod.initContainers ?? []), ...pod.containers];
  const env = containers.flatMap((container) => [
    ...(container.envFrom ?? []),
    ...(container.env ?? []).map(({ valueFrom }: any) => valueFrom ?? {}),
  ]);
  return [
    named('ServiceAccount', pod.serviceAccountName ?? 'default', namespace),
    named('PriorityClass', pod.priorityClassName),
    named('RuntimeClass', pod.runtimeClassName),
    ...secrets(pod.imagePullSecrets),
    ...sources.flatMap(({ configMap, secret, persistentVolumeClaim }: any) => [
      named('ConfigMap', configMap?.name, namespace),
      named('Secret', secret?.secretName ?? secret?.name, namespace),
      named('PersistentVolumeClaim', persistentVolumeClaim?.claimName, namespace),
    ]),
    ...env.flatMap(({ configMapRef, configMapKeyRef, secretRef, secretKeyRef }) => [
      named('ConfigMap', (configMapRef ?? configMapKeyRef)?.name, namespace),
      named('Secret', (secretRef ?? secretKeyRef)?.name, namespace),
    ]),
  ];
}

function ofStorage({ kind, spec }: KubeObject): Mention[] {
  const claims = (spec?.volumeClaimTemplates ?? []).map((claim: any) => claim.spec);
  const own = ['PersistentVolume', 'PersistentVolumeClaim'].includes(kind) ? [spec] : [];
  return [...own, ...claims].map(({ storageClassName }) => named('StorageClass', storageClassName));
}

const CALLED = 'the Service that the API server calls';

function ofWebhooks({ kind, spec, webhooks }: KubeObject): Mention[] {
  const configs = [
    ...(kind === 'APIService' ? [spec] : []),
    ...(kind === 'CustomResourceDefinition' ? [spec.conversion?.webhook?.clientConfig] : []),
    ...(webhooks ?? []).map(({ clientConfig }: any) => clientConfig),
  ];
  return configs
    .filter((config) => config?.service)
    .map(({ service }) => named('Service', service.name, service.namespace, CALLED));
}

/** A call is answered only when there are pods behind the Service: their controller has to be there, too. */
function behindServices(objects: readonly KubeObject[], found: Reference[]): Reference[] {
  return found
    .filter(({ why }) => why === CALLED)
    .flatMap(({ from, to: service }) =>
      objects
        .filter((to) => selects(service, to))
        .map((to) => ({ from, to, why: 'the pods behind its Service' })),
    );
}

function selects(service: KubeObject, workload: KubeObject): boolean {
  const labels = workload.spec?.template?.metadata?.labels;
  const selector = Object.entries(service.spec.selector ?? {});
  return (
    workload.metadata.namespace === service.metadata.namespace &&
    selector.length > 0 &&
    selector.every(([key, value]) => labels?.[key] === value)
  );
}

/** An object that a webhook has to admit needs whoever answers for it. */
function admitted(objects: readonly KubeObject[], answering: Reference[]): Reference[] {
  return answering.flatMap(({ from: configuration, to }) => {
    const rules = (configuration.webhooks ?? []).flatMap((webhook: any) => webhook.rules ?? []);
    return objects
      .filter((from) =>
        rules.some(
          ({ apiGroups, resources }: any) =>
            apiGroups.includes(groupOf(from)) && resources.includes(pluralOf(from, objects)),
        ),
      )
      .map((from) => ({ from, to, why: `a webhook of ${configuration.metadata.name}` }));
  });
}

function pluralOf(object: KubeObject, objects: readonly KubeObject[]): string {
  const [, definition] = ofPlace(object);
  const defined = objects.find(definition!.means);
  return defined?.spec.names.plural ?? `${object.kind.toLowerCase()}s`;
}

/** Pods whose rights come later are refused by the API server and restart. */
function ofRights(objects: readonly KubeObject[]): Reference[] {
  return resolve(
    objects.filter((object) => /Binding$/.test(object.kind) || podSpec(object)?.containers),
    (object) => {
      const account = podSpec(object)?.serviceAccountName;
      return account === undefined
        ? []
        : [
            {
              why: 'the rights of its account',
              means: ({ subjects, metadata }) =>
                (subjects ?? []).some(
                  ({ kind, name, namespace }: any) =>
                    kind === 'ServiceAccount' &&
                    name === account &&
                    (namespace ?? metadata.namespace) === object.metadata.namespace,
                ),
            },
          ];
    },
  );
}
