import {
  checkInteger,
  isDnsLabel,
  isDnsName,
  parseImage,
  type Cluster,
  type Problem,
} from '../../cluster';
import type { Settings } from '../settings';
import { HTTP_LISTENER } from './gateway';
import type { GatewayFabricOptions, GatewayHttpsListener } from './options';
import { brokenBecause, controlPlaneRelease, dataPlaneRelease } from './release';
import { controlPlaneImage, processesOf } from './settings';
import { fabricSize, fabricTime } from './units';

const FABRIC = 'with NGINX Gateway Fabric';

/** What this controller cannot obey, and what is wrong with its own options. */
export function fabricProblems(
  settings: Settings,
  cluster: Cluster,
  options: GatewayFabricOptions,
): Problem[] {
  return [
    ...expressionProblems(settings),
    ...processProblems(settings, cluster),
    ...imageProblems(settings, controlPlaneImage(cluster, options)),
    ...listenerProblems(options.httpsListeners ?? []),
    ...namespaceProblems(options),
    ...serviceProblems(options),
    ...controlPlaneProblems(options),
  ];
}

/** Options of every edge that have no counterpart here. */
function expressionProblems(s: Settings): Problem[] {
  const problems: Problem[] = [];
  const refuse = (prop: string, allowed: string, got: unknown, remedy: string) =>
    problems.push({ prop, allowed: `${allowed} ${FABRIC}`, got, remedy });
  if (s.isDefaultClass) {
    refuse('defaultIngressClass', 'false', true, 'every route names its Gateway');
  }
  if (s.statusAddress !== undefined) {
    refuse(
      'statusAddress',
      'left out',
      s.statusAddress,
      'a Gateway reports the address of its Service, and an address of its own becomes an external IP of that',
    );
  }
  if (s.grpcBodyKibibytes !== s.bodyKibibytes) {
    refuse(
      'grpcMaxBodySize',
      'the same as clientMaxBodySize',
      s.grpcBodyKibibytes === 0 ? 'no limit' : `${s.grpcBodyKibibytes} KiB`,
      'a Gateway has one limit; give GRPCRoutes a ClientSettingsPolicy of their own',
    );
  }
  if (s.trustedProxies.length > 64) {
    refuse(
      'trustedProxies',
      'at most 64 addresses and networks',
      s.trustedProxies.length,
      'name networks in place of addresses',
    );
  }
  if (s.connections > 65535) {
    refuse('workerConnections', 'at most 65535', s.connections, 'lower it by one');
  }
  const times = {
    'clientTimeouts.body': s.timeouts.body,
    'clientTimeouts.keepalive': s.timeouts.keepalive,
    'upstreamTimeouts.connect': s.timeouts.upstreamConnect,
    'upstreamTimeouts.read': s.timeouts.upstreamRead,
    'upstreamTimeouts.send': s.timeouts.upstreamSend,
  };
  for (const [prop, milliseconds] of Object.entries(times)) {
    if (fabricTime(milliseconds) === undefined) {
      refuse(
        prop,
        'four digits of one unit',
        `${milliseconds} ms`,
        'round it to seconds or minutes',
      );
    }
  }
  if (fabricSize(s.bodyKibibytes) === undefined) {
    refuse(
      'clientMaxBodySize',
      'four digits of one unit',
      `${s.bodyKibibytes} KiB`,
      'round it to MiB or GiB',
    );
  }
  return problems;
}

/** The release starts a process for each core; another number of the user's would only be believed here. */
function processProblems({ workers }: Settings, cluster: Cluster): Problem[] {
  const cores = processesOf(cluster);
  return cores === undefined || cores === workers
    ? []
    : [
        {
          prop: 'workerProcesses',
          allowed: `${cores} ${FABRIC} 2.6, which starts one for each core of a machine`,
          got: workers,
          remedy: 'leave it out; workerConnections and memoryLimit bound a replica',
        },
      ];
}

function imageProblems({ image }: Settings, controlPlane: string): Problem[] {
  const release = dataPlaneRelease(image);
  const other = controlPlaneRelease(controlPlane);
  const reason = brokenBecause(release) ?? brokenBecause(other);
  const malformed =
    parseImage(controlPlane) === undefined
      ? [
          {
            prop: 'controlPlaneImage',
            allowed: 'a full reference with a tag or a digest',
            got: controlPlane,
            remedy: 'write for example ghcr.io/nginx/nginx-gateway-fabric:2.6.7',
          },
        ]
      : [];
  if (reason !== undefined) {
    return [
      ...malformed,
      {
        prop: 'image',
        allowed: 'a release that works',
        got: image,
        remedy: `choose another one: ${reason}`,
      },
    ];
  }
  return release !== undefined && other !== undefined && release !== other
    ? [
        ...malformed,
        {
          prop: 'controlPlaneImage',
          allowed: `of release ${release}, as image is`,
          got: controlPlane,
          remedy: 'set both: a data plane of another release gets no configuration',
        },
      ]
    : malformed;
}

function listenerProblems(listeners: readonly GatewayHttpsListener[]): Problem[] {
  const problems: Problem[] = [];
  const at = (index: number, prop: string) => `httpsListeners[${index}].${prop}`;
  if (listeners.length > 63) {
    problems.push({
      prop: 'httpsListeners',
      allowed: 'at most 63: a Gateway has 64 listeners and one is for HTTP',
      got: listeners.length,
      remedy: 'use wildcard host names, or let teams bring ListenerSets',
    });
  }
  const names = [HTTP_LISTENER, ...listeners.map(({ name }) => name)];
  const hosts = listeners.map(({ hostname }) => hostname ?? '');
  listeners.forEach(({ name, hostname, certificateSecrets }, index) => {
    if (!isDnsLabel(name) || names.indexOf(name) !== index + 1) {
      problems.push({
        prop: at(index, 'name'),
        allowed: 'an RFC 1123 label that no other listener has',
        got: name,
        remedy: 'http is taken by the listener for plain HTTP',
      });
    }
    if (hostname !== undefined && !isDnsName(hostname.replace(/^\*\./, ''))) {
      problems.push({
        prop: at(index, 'hostname'),
        allowed: 'a host name, or *. and a host name',
        got: hostname,
        remedy: 'leave it out to serve every name',
      });
    }
    if (hosts.indexOf(hostname ?? '') !== index) {
      problems.push({
        prop: at(index, 'hostname'),
        allowed: 'another one than that of every other listener',
        got: hostname ?? 'none, which means all',
        remedy: 'put all certificates of one name into one listener',
      });
    }
    const wrong = certificateSecrets.filter((secret) => !isDnsName(secret));
    if (certificateSecrets.length === 0 || certificateSecrets.length > 64 || wrong.length > 0) {
      problems.push({
        prop: at(index, 'certificateSecrets'),
        allowed: '1 to 64 names of Secrets, RFC 1123 subdomains',
        got: wrong[0] ?? certificateSecrets.length,
        remedy: 'name TLS Secrets of the namespace nginx-gateway',
      });
    }
  });
  return problems;
}

function namespaceProblems(options: GatewayFabricOptions): Problem[] {
  const labels = Object.entries(options.routeNamespaceLabels ?? { any: '' });
  const empty =
    labels.length === 0
      ? [
          {
            prop: 'routeNamespaceLabels',
            allowed: 'at least one label',
            got: 'none',
            remedy: 'leave it out to let every namespace in',
          },
        ]
      : [];
  const named = (['watchNamespaces', 'gatewayNamespaces'] as const).flatMap((prop) =>
    (options[prop] ?? [])
      .filter((namespace) => !isDnsLabel(namespace))
      .map((got) => ({
        prop,
        allowed: 'RFC 1123 labels',
        got,
        remedy: 'name namespaces one by one',
      })),
  );
  return [...empty, ...named];
}

function serviceProblems({ services = [] }: GatewayFabricOptions): Problem[] {
  const keys = services.map(({ namespace, name }) => `${namespace}/${name}`);
  return services.flatMap(({ namespace, name }, index) =>
    isDnsLabel(namespace) && isDnsLabel(name) && keys.indexOf(keys[index]!) === index
      ? []
      : [
          {
            prop: `services[${index}]`,
            allowed: 'namespace and name of a Service, RFC 1123 labels, each Service once',
            got: keys[index],
            remedy: 'name the Services that routes send to',
          },
        ],
  );
}

function controlPlaneProblems(options: GatewayFabricOptions): Problem[] {
  const { controlPlaneMemoryLimit, controlPlaneReplicas } = options;
  const kibibytes = controlPlaneMemoryLimit?.toKibibytes() ?? 1024 * 1024;
  const whole = Number.isInteger(kibibytes / 1024);
  return [
    ...checkInteger(
      'controlPlaneReplicas',
      controlPlaneReplicas,
      { min: 1, max: 5 },
      'leave it out to take 2',
    ),
    ...(whole && kibibytes >= 128 * 1024 && kibibytes <= 64 * 1024 * 1024
      ? []
      : [
          {
            prop: 'controlPlaneMemoryLimit',
            allowed: 'between 128 MiB and 65536 MiB in whole MiB',
            got: `${kibibytes} KiB`,
            remedy: 'leave it out to take 1 GiB',
          },
        ]),
  ];
}
