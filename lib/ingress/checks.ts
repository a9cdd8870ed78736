import { SizeRoundingBehavior, type Duration, type Size } from 'cdk8s';
import { nginxIngressController } from '../catalog';
import {
  checkInteger,
  Cidr,
  familyOf,
  hostCidr,
  isDnsLabel,
  isDnsName,
  type Problem,
} from '../cluster';
import type { HardenedNginxIngressOptions } from './options';
import { controllerRelease } from './release';
import type { Settings } from './settings';
import { BASE_MEBIBYTES, connectionsWithin, worstCaseMebibytes } from './sizing';

/** What is wrong with each option on its own. */
export function optionProblems(options: HardenedNginxIngressOptions): Problem[] {
  return [
    ...timeoutProblems(options),
    ...sizeProblems(options),
    ...numberProblems(options),
    ...nameProblems(options),
    ...proxyProblems(options.trustedProxies ?? []),
    ...imageProblems(options.image),
  ];
}

/** What is wrong with the options together, once every default is known. */
export function settingsProblems(settings: Settings): Problem[] {
  const { workers, mebibytes, buffers } = settings;
  // Where not even the least fits, the default is none at all.
  const connections = Math.max(settings.connections, 256);
  const problems: Problem[] = [];
  const needed = worstCaseMebibytes(workers, connections, buffers);
  if (mebibytes < needed) {
    const fitting = connectionsWithin(mebibytes, workers, buffers);
    const lower =
      fitting > 0 ? `set workerConnections to ${fitting} or less` : 'run fewer workerProcesses';
    problems.push({
      prop: 'memoryLimit',
      allowed: `at least ${needed} MiB for ${workers} workerProcesses with ${connections} connections each`,
      got: `${mebibytes} MiB`,
      remedy: `raise it or ${lower}; ${BASE_MEBIBYTES} MiB of it are the controller's own`,
    });
  }
  problems.push(
    ...checkInteger(
      'connectionsPerAddress',
      settings.connectionsPerAddress,
      { min: 0, max: workers * connections },
      'one address must not hold every connection of a replica; 0 means no limit',
    ),
  );
  if (settings.nodePorts.http === settings.nodePorts.https) {
    problems.push({
      prop: 'httpsNodePort',
      allowed: 'another port than httpNodePort',
      got: settings.nodePorts.https,
      remedy: 'give one of them another number',
    });
  }
  return problems;
}

function timeoutProblems({
  clientTimeouts = {},
  upstreamTimeouts = {},
  hstsMaxAge,
}: HardenedNginxIngressOptions) {
  const day = 24 * 3600;
  return [
    ...durationProblem('clientTimeouts.header', clientTimeouts.header, 1, 300),
    ...durationProblem('clientTimeouts.body', clientTimeouts.body, 1, 300),
    ...durationProblem('clientTimeouts.send', clientTimeouts.send, 1, 300),
    ...durationProblem('clientTimeouts.keepalive', clientTimeouts.keepalive, 1, 3600),
    ...durationProblem('upstreamTimeouts.connect', upstreamTimeouts.connect, 1, 75),
    ...durationProblem('upstreamTimeouts.read', upstreamTimeouts.read, 1, day),
    ...durationProblem('upstreamTimeouts.send', upstreamTimeouts.send, 1, day),
    ...durationProblem('hstsMaxAge', hstsMaxAge, 0, 730 * day, 1000),
  ];
}

function durationProblem(
  prop: string,
  got: Duration | undefined,
  min: number,
  max: number,
  step = 1,
): Problem[] {
  const milliseconds = got?.toMilliseconds();
  if (milliseconds === undefined) {
    return [];
  }
  const inside = milliseconds >= min * 1000 && milliseconds <= max * 1000;
  if (inside && Number.isInteger(milliseconds / step)) {
    return [];
  }
  const unit = step === 1 ? 'milliseconds' : 'seconds';
  return [
    {
      prop,
      allowed: `between ${min} s and ${max} s in whole ${unit}`,
      got: `${milliseconds / 1000} s`,
      remedy: 'leave it out to take the default',
    },
  ];
}

function sizeProblems({
  clientMaxBodySize,
  memoryLimit,
  headerBuffers,
}: HardenedNginxIngressOptions) {
  const mebibyte = 1024;
  return [
    ...sizeProblem('clientMaxBodySize', clientMaxBodySize, 1, 16 * 1024 * mebibyte, 1),
    ...sizeProblem('memoryLimit', memoryLimit, mebibyte, 1024 * 1024 * mebibyte, mebibyte),
    ...sizeProblem('headerBuffers.size', headerBuffers?.size, 1, 64, 1),
  ];
}

function sizeProblem(
  prop: string,
  got: Size | undefined,
  min: number,
  max: number,
  step: number,
): Problem[] {
  const kibibytes = got?.toKibibytes({ rounding: SizeRoundingBehavior.NONE });
  if (kibibytes === undefined) {
    return [];
  }
  if (kibibytes >= min && kibibytes <= max && Number.isInteger(kibibytes / step)) {
    return [];
  }
  return [
    {
      prop,
      allowed: `between ${min} KiB and ${max} KiB in steps of ${step} KiB`,
      got: `${kibibytes} KiB`,
      remedy: 'leave it out to take the default',
    },
  ];
}

function numberProblems(options: HardenedNginxIngressOptions): Problem[] {
  const nodePort = { min: 30000, max: 32767 };
  const outside = 'the API server assigns node ports from this range and refuses others';
  return [
    ...checkInteger(
      'workerProcesses',
      options.workerProcesses,
      { min: 1, max: 64 },
      'give one for each core the edge may use',
    ),
    ...checkInteger(
      'workerConnections',
      options.workerConnections,
      { min: 256, max: 65536 },
      'leave it out to let memoryLimit decide',
    ),
    ...checkInteger(
      'upstreamKeepalive',
      options.upstreamKeepalive,
      { min: 1, max: 1024 },
      'leave it out to take 64',
    ),
    ...checkInteger(
      'headerBuffers.count',
      options.headerBuffers?.count,
      { min: 1, max: 16 },
      'leave it out to take 4',
    ),
    ...checkInteger(
      'replicas',
      options.replicas,
      { min: 2, max: 100 },
      'one replica alone makes the loss of its machine an outage',
    ),
    ...checkInteger('httpNodePort', options.httpNodePort, nodePort, outside),
    ...checkInteger('httpsNodePort', options.httpsNodePort, nodePort, outside),
  ];
}

function nameProblems(options: HardenedNginxIngressOptions): Problem[] {
  const problems: Problem[] = [];
  const { ingressClassName, metricsNamespace, statusAddress } = options;
  if (ingressClassName !== undefined && !isDnsName(ingressClassName)) {
    problems.push({
      prop: 'ingressClassName',
      allowed: 'an RFC 1123 subdomain',
      got: ingressClassName,
      remedy: 'use lower-case letters, digits, hyphens and dots',
    });
  }
  if (metricsNamespace !== undefined && !isDnsLabel(metricsNamespace)) {
    problems.push({
      prop: 'metricsNamespace',
      allowed: 'an RFC 1123 label',
      got: metricsNamespace,
      remedy: 'name the namespace whose Prometheus reads the metrics',
    });
  }
  if (
    statusAddress !== undefined &&
    familyOf(statusAddress) === undefined &&
    !isDnsName(statusAddress)
  ) {
    problems.push({
      prop: 'statusAddress',
      allowed: 'an IP address or an RFC 1123 subdomain',
      got: statusAddress,
      remedy: 'give what clients reach the edge by, without scheme and port',
    });
  }
  return problems;
}

function proxyProblems(proxies: readonly string[]): Problem[] {
  return proxies.flatMap((got): Problem[] => {
    const cidr = Cidr.parse(familyOf(got) === undefined ? got : hostCidr(got));
    if (cidr === undefined) {
      return [
        {
          prop: 'trustedProxies',
          allowed: 'addresses or canonical CIDRs',
          got,
          remedy: 'write for example 192.0.2.10 or 192.0.2.0/28',
        },
      ];
    }
    return cidr.prefix > 0
      ? []
      : [
          {
            prop: 'trustedProxies',
            allowed: 'narrower than the whole internet',
            got,
            remedy:
              'name the proxies; a client that is trusted chooses its own address and escapes every limit',
          },
        ];
  });
}

function imageProblems(image: string | undefined): Problem[] {
  if (image === undefined) {
    return [];
  }
  if (
    !/^[a-z0-9][^\s@]*(:[\w][\w.-]{0,127}|@sha256:[0-9a-f]{64})$/.test(
      image.replace(/:[\w.-]+@/, '@'),
    )
  ) {
    return [
      {
        prop: 'image',
        allowed: 'a full reference with a tag or a digest',
        got: image,
        remedy: 'write for example docker.io/nginx/nginx-ingress:5.5.4',
      },
    ];
  }
  const broken: Readonly<Record<string, string>> = nginxIngressController.brokenReleases.value;
  const reason = broken[controllerRelease(image) ?? ''];
  return reason === undefined
    ? []
    : [
        {
          prop: 'image',
          allowed: 'a release that works',
          got: image,
          remedy: `choose another one: ${reason}`,
        },
      ];
}
