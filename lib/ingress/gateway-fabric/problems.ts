import { nginxGatewayFabricDirectives } from '../../catalog';
import { parseImage, type Cluster, type Problem, type TuningRow } from '../../cluster';
import { brokenRelease, controllerRelease } from '../release';
import type { Settings } from '../settings';
import { snippetProblems } from '../snippet-checks';
import type { GatewayFabricOptions } from './options';
import { ownProblems } from './own-problems';
import { HTTP_SNIPPET, httpRows, MAIN_SNIPPET, mainRows } from './policy-tuning';
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
    ...snippetClashes(settings),
    ...ownProblems(options),
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
  const release = controllerRelease(image);
  const other = controllerRelease(controlPlane);
  const reason = brokenRelease(controlPlane);
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
        prop: 'controlPlaneImage',
        allowed: 'a release that works',
        got: controlPlane,
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

/** One directive twice, and nginx refuses the whole configuration: every later change would wait. */
function snippetClashes(s: Settings): Problem[] {
  const { main, http, deeper } = nginxGatewayFabricDirectives;
  const ours = (rows: Record<string, TuningRow<string>>, at: string) =>
    Object.values(rows).map(({ key }) => key.slice(at.length).split(' ')[0]!);
  return [
    ...snippetProblems('httpSnippets', s.httpSnippets, [
      ...http.value,
      ...deeper.value,
      // Others may add headers and maps of their own.
      ...ours(httpRows(s), HTTP_SNIPPET).filter((name) => !['add_header', 'map'].includes(name)),
    ]),
    ...snippetProblems('mainSnippets', s.mainSnippets, [
      ...main.value,
      ...ours(mainRows(s), MAIN_SNIPPET),
    ]),
  ];
}
