import { HTTP_LISTENER } from './gateway';
import type { GatewayFabricOptions, GatewayHttpsListener } from './options';
import { checkInteger, isDnsLabel, isDnsName, type Problem } from '../../cluster';

/** What is wrong with the options that only this controller has. */
export function ownProblems(options: GatewayFabricOptions): Problem[] {
  return [
    ...listenerProblems(options.httpsListeners ?? []),
    ...namespaceProblems(options),
    ...serviceProblems(options),
    ...controlPlaneProblems(options),
  ];
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
