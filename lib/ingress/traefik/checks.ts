import { checkInteger, type Cluster, type Problem } from '../../cluster';
import { combinationProblems } from '../combination-checks';
import { nameProblems, proxyProblems } from '../name-checks';
import { numberProblems } from '../number-checks';
import { durationProblem, sizeProblem, timeoutProblems } from '../quantity-checks';
import { anyEdgeProblems } from '../settings-checks';
import { imageProblems } from './image-checks';
import { EncodedCharacter, TraefikProvider, type HardenedTraefikOptions } from './options';
import { goTime, type TraefikSettings } from './settings';
import { HEADER_SECONDS, secondsForBody } from './sizing';

const DAY_SECONDS = 24 * 3600;
const MEBIBYTE = 1024;
const GIBIBYTE = 1024 * MEBIBYTE;

/** What is wrong with each option on its own, and what Traefik has no word for. */
export function traefikProblems(options: HardenedTraefikOptions): Problem[] {
  return [
    ...timeoutProblems(options),
    ...durationProblem('readTimeout', options.readTimeout, 1, DAY_SECONDS),
    ...durationProblem('writeTimeout', options.writeTimeout, 1, DAY_SECONDS),
    ...sizeProblem('clientMaxBodySize', options.clientMaxBodySize, 1, 16 * GIBIBYTE, 1),
    ...sizeProblem('slowestUploadPerSecond', options.slowestUploadPerSecond, 1, GIBIBYTE, 1),
    ...sizeProblem('maxHeaderSize', options.maxHeaderSize, 1, MEBIBYTE, 1),
    ...sizeProblem('memoryLimit', options.memoryLimit, 384 * MEBIBYTE, 1024 * GIBIBYTE, MEBIBYTE),
    ...checkInteger(
      'cpuCores',
      options.cpuCores,
      { min: 1, max: 64 },
      'give what the edge may use',
    ),
    ...checkInteger(
      'connectionsPerAddress',
      options.connectionsPerAddress,
      { min: 0, max: 65535 },
      '0 means no limit',
    ),
    ...checkInteger(
      'upstreamKeepalive',
      options.upstreamKeepalive,
      { min: 1, max: 1024 },
      'leave it out to take 200',
    ),
    ...numberProblems({ ...options, upstreamKeepalive: undefined }),
    ...nameProblems(options),
    ...proxyProblems(options),
    ...combinationProblems(options),
    ...imageProblems(options.image),
    ...characterProblems(options.allowedEncodedCharacters ?? []),
    ...unknownToTraefik(options),
  ];
}

function characterProblems(characters: readonly EncodedCharacter[]): Problem[] {
  const known = Object.values(EncodedCharacter);
  return characters
    .filter((character) => !known.includes(character))
    .map((got) => ({
      prop: 'allowedEncodedCharacters',
      allowed: known.join(', '),
      got,
      remedy: 'use the values of EncodedCharacter',
    }));
}

function unknownToTraefik({
  provider = TraefikProvider.KUBERNETES_INGRESS,
  clientTimeouts = {},
  upstreamTimeouts = {},
  upstreamKeepalive,
}: HardenedTraefikOptions): Problem[] {
  const { KUBERNETES_INGRESS, INGRESS_NGINX_COMPATIBLE } = TraefikProvider;
  const compatible = provider === INGRESS_NGINX_COMPATIBLE;
  const one = 'Traefik has one timeout for header and body; set readTimeout';
  return [
    ...(provider === KUBERNETES_INGRESS || compatible
      ? []
      : [
          {
            prop: 'provider',
            allowed: `${KUBERNETES_INGRESS} or ${INGRESS_NGINX_COMPATIBLE}`,
            got: provider,
            remedy: 'use the values of TraefikProvider',
          },
        ]),
    ...leftOut('clientTimeouts.header', goTimeOf(clientTimeouts.header), one),
    ...leftOut('clientTimeouts.body', goTimeOf(clientTimeouts.body), one),
    ...leftOut(
      'clientTimeouts.send',
      goTimeOf(clientTimeouts.send),
      'Traefik has one timeout for a whole response; set writeTimeout',
    ),
    ...(compatible
      ? [
          ...leftOut(
            'upstreamKeepalive',
            upstreamKeepalive,
            `the provider ${INGRESS_NGINX_COMPATIBLE} keeps Traefik's own number`,
          ),
          ...wholeSeconds(upstreamTimeouts),
        ]
      : leftOut(
          'upstreamTimeouts.send',
          goTimeOf(upstreamTimeouts.send),
          `the provider ${KUBERNETES_INGRESS} has no such timeout`,
        )),
  ];
}

function leftOut(prop: string, got: unknown, remedy: string): Problem[] {
  return got === undefined ? [] : [{ prop, allowed: 'left out', got, remedy }];
}

function wholeSeconds(
  timeouts: NonNullable<HardenedTraefikOptions['upstreamTimeouts']>,
): Problem[] {
  const named = { connect: timeouts.connect, read: timeouts.read, send: timeouts.send };
  return Object.entries(named).flatMap(([name, time]) =>
    time === undefined || time.toMilliseconds() % 1000 === 0
      ? []
      : [
          {
            prop: `upstreamTimeouts.${name}`,
            allowed: 'whole seconds',
            got: goTimeOf(time),
            remedy: 'the options of ingress-nginx have no unit',
          },
        ],
  );
}

function goTimeOf(time: { toMilliseconds(): number } | undefined): string | undefined {
  return time === undefined ? undefined : goTime(time.toMilliseconds());
}

/** What is wrong with the options together, once every default is known. */
export function traefikSettingsProblems(s: TraefikSettings, cluster: Cluster): Problem[] {
  const { bodyKibibytes } = s.edge;
  const body = secondsForBody(bodyKibibytes, s.uploadKibibytesPerSecond);
  const problems: Problem[] = [];
  if (s.readMilliseconds < body * 1000) {
    problems.push({
      prop: 'readTimeout',
      allowed: `at least ${body + HEADER_SECONDS} s for ${bodyKibibytes} KiB at ${s.uploadKibibytesPerSecond} KiB/s and a header before it`,
      got: goTime(s.readMilliseconds),
      remedy:
        'raise it, lower clientMaxBodySize, or declare faster clients with slowestUploadPerSecond',
    });
  }
  return [...problems, ...anyEdgeProblems(s.edge, cluster)];
}
