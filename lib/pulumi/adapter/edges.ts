import { EdgeGraph } from './edge-graph';
import type { StackFacts } from './facts';
import { isCustom } from './identity';
import { ObjectIndex } from './object-index';
import { Operators, pluralIn } from './operators';
import { containersOf, installsPodNetwork, podSpecOf, runsAtOnce } from './pods';
import { addReferences, toldByArguments } from './references';
import type { ExplicitOrder, StackObject } from './stack-object';
import { Phase } from '../../cluster';

/**
 * Who must come after whom. What objects name and what somebody wrote down must hold; what only helps
 * (a controller before what it acts on, the pod network before pods) is left out where that says the
 * opposite.
 */
export function inferEdges(
  objects: readonly StackObject[],
  facts: StackFacts,
  explicit: readonly ExplicitOrder[] = [],
): EdgeGraph {
  const index = new ObjectIndex(objects);
  const graph = new EdgeGraph();
  addReferences(index, graph);
  explicit.forEach((order) => addExplicit(order, graph));
  addOperators(index, facts, graph);
  addGuards(index, graph);
  addFoundations(index, facts, graph);
  addFronts(index, graph);
  return graph;
}

/** First of the one, last of the other: everything between follows from the edges inside. */
function addExplicit({ later, earlier }: ExplicitOrder, graph: EdgeGraph): void {
  const laters = new Set(later);
  const heads = later.filter((key) => ![...graph.after(key).keys()].some((k) => laters.has(k)));
  const inner = new Set(earlier.flatMap((key) => [...graph.after(key).keys()]));
  const tails = earlier.filter((key) => !inner.has(key));
  for (const head of heads) {
    tails.forEach((tail) => graph.require(head, tail, 'an explicit dependency'));
  }
}

/**
 * A custom resource comes after who makes its definition, who serves its group, and who acts on it, so
 * that on the way back its controller is there to take its finalizers off. What a controller is told of
 * by an argument it reads when it starts: then it is the other way round.
 */
function addOperators(index: ObjectIndex, facts: StackFacts, graph: EdgeGraph): void {
  const operators = new Operators(index);
  const byPhase = (phase: Phase | undefined) =>
    index.all.filter((object) => object.phase === phase && runsAtOnce(object));
  for (const object of index.all.filter(({ group }) => isCustom(group))) {
    const server = facts.servers.get(object.group);
    if (server !== undefined) {
      graph.prefer(object.key, server, 'its group is answered once this is ready');
    }
    for (const service of index.ofKind('APIService')) {
      if (service.manifest.spec?.group === object.group) {
        graph.prefer(object.key, service.key, 'its group is answered there');
      }
    }
    const definer = facts.definers.get(`${pluralIn(index, object)}.${object.group}`);
    for (const workload of definer === undefined ? [] : byPhase(definer)) {
      graph.prefer(object.key, workload.key, 'it makes the definition of its kind');
    }
    for (const workload of operators.of(object)) {
      const told = toldByArguments(containersOf(podSpecOf(workload)), workload.namespace);
      if (told.includes(object.name)) {
        graph.prefer(workload.key, object.key, 'an argument of its pods names it');
      } else {
        graph.prefer(object.key, workload.key, 'it acts on it');
      }
    }
  }
}

/** What a webhook judges is refused while nobody answers there. */
function addGuards(index: ObjectIndex, graph: EdgeGraph): void {
  for (const configuration of [
    ...index.ofKind('ValidatingWebhookConfiguration'),
    ...index.ofKind('MutatingWebhookConfiguration'),
  ]) {
    for (const { failurePolicy, rules = [], clientConfig } of configuration.manifest.webhooks ??
      []) {
      const { namespace, name } = clientConfig?.service ?? {};
      const service = index.find({ group: '', kind: 'Service', namespace, name });
      if (service === undefined || failurePolicy === 'Ignore') {
        continue;
      }
      const guarded = index.all.filter((object) =>
        rules.some((rule: any) => judges(rule, object.group, pluralIn(index, object))),
      );
      for (const workload of index.behind(service)) {
        guarded.forEach((object) =>
          graph.prefer(object.key, workload.key, `${configuration.name} asks it`),
        );
      }
    }
  }
}

function judges(
  { apiGroups = [], resources = [], operations = [] }: any,
  group: string,
  plural: string,
) {
  const has = (list: readonly string[], item: string) => list.includes('*') || list.includes(item);
  return (
    has(apiGroups, group) &&
    (has(resources, plural) || resources.includes('*/*')) &&
    has(operations, 'CREATE')
  );
}

/**
 * What pods stand on: the pod network, where it is part of the program; else the service proxy, through
 * which everything reaches the API; and the DNS cache that their kubelet sends them to. What comes
 * before the network by its phase is what the network needs.
 */
function addFoundations(index: ObjectIndex, facts: StackFacts, graph: EdgeGraph): void {
  const daemonSets = index.ofKind('DaemonSet');
  const proxies = daemonSets.filter(({ phase }) => phase === Phase.KUBE_PROXY);
  const caches = daemonSets.filter(({ phase }) => phase === Phase.NODE_LOCAL_DNS);
  const plugins = daemonSets.filter(installsPodNetwork).map(({ key }) => key);
  const network = [...new Set([...plugins, ...facts.network])];
  for (const object of index.all.filter(runsAtOnce)) {
    const pod = podSpecOf(object);
    const early = object.phase !== undefined && object.phase <= Phase.CNI;
    const needsNetwork =
      pod.hostNetwork !== true || (object.phase !== undefined && object.phase > Phase.CNI);
    if (needsNetwork) {
      network.forEach((key) => graph.prefer(object.key, key, 'its pods need a network'));
    }
    if (!needsNetwork || network.length === 0) {
      proxies.forEach(({ key }) => graph.prefer(object.key, key, 'its pods reach the API there'));
    }
    if (!early && (needsNetwork || pod.dnsPolicy === 'ClusterFirstWithHostNet')) {
      caches.forEach(({ key }) => graph.prefer(object.key, key, 'its pods resolve names there'));
    }
  }
}

/**
 * Services that get an address from a load balancer, and Ingresses, count as there when pods answer behind
 * them and the address is given. So all of this comes first: where Pulumi makes one thing at a time, it would
 * wait for what comes later.
 */
function addFronts(index: ObjectIndex, graph: EdgeGraph): void {
  const behind = (front: StackObject, service: StackObject) =>
    index
      .behind(service)
      .filter(runsAtOnce)
      .forEach(({ key }) => graph.prefer(front.key, key, 'it is there when these pods answer'));
  const giving = index.all.filter(
    (object) =>
      object.phase === Phase.LOAD_BALANCER_CONFIG ||
      (object.phase === Phase.LOAD_BALANCER && runsAtOnce(object)),
  );
  for (const service of index.ofKind('Service')) {
    if (service.manifest.spec?.type === 'LoadBalancer') {
      behind(service, service);
      giving.forEach(({ key }) => graph.prefer(service.key, key, 'its address is given there'));
    }
  }
  for (const ingress of index.ofKind('Ingress')) {
    for (const name of backendsOf(ingress)) {
      const { namespace } = ingress;
      const service = index.find({ group: '', kind: 'Service', namespace, name });
      if (service !== undefined) {
        graph.prefer(ingress.key, service.key, 'it leads there');
        behind(ingress, service);
      }
    }
  }
}

/** Names of the Services that an Ingress leads to. */
function backendsOf({ manifest: { spec } }: StackObject): string[] {
  const paths: any[] = (spec?.rules ?? []).flatMap(({ http }: any) => http?.paths ?? []);
  return [spec?.defaultBackend, ...paths.map(({ backend }) => backend)]
    .map((backend) => backend?.service?.name)
    .filter((name) => typeof name === 'string');
}
