import { ingressNginxDirectives } from '../../catalog';
import { isDnsLabel, isDnsName, type Cluster, type Problem } from '../../cluster';
import { httpDirectives } from '../http-directives';
import { bundledNginx } from '../release';
import type { Settings } from '../settings';
import { snippetProblems } from '../snippet-checks';
import type { RetiredIngressNginxOptions } from './options';
import { overrideProblems } from './override-checks';

/** What is wrong with the options of this controller, and what of the edge it cannot obey. */
export function retiredProblems(
  options: RetiredIngressNginxOptions,
  settings: Settings,
  cluster: Cluster,
): Problem[] {
  return [
    ...acknowledgementProblems(options),
    ...nameProblems(options),
    ...nginxProblems(options, settings),
    ...overrideProblems(options.configMapOverrides ?? {}, OWNED),
    ...secondsProblems(settings),
    ...limitProblems(settings),
    ...linesProblems(settings),
    ...webhookProblems(options, cluster),
  ];
}

/** Keys that options of the edge write, or that its memory is computed with, and the way out. */
const OWNED: ReadonlyMap<string, string> = new Map([
  ['client-header-timeout', 'set clientTimeouts.header'],
  ['client-body-timeout', 'set clientTimeouts.body'],
  ['keep-alive', 'set clientTimeouts.keepalive'],
  ['proxy-connect-timeout', 'set upstreamTimeouts.connect'],
  ['proxy-read-timeout', 'set upstreamTimeouts.read'],
  ['proxy-send-timeout', 'set upstreamTimeouts.send'],
  ['proxy-body-size', 'set clientMaxBodySize'],
  ['worker-processes', 'set workerProcesses'],
  ['max-worker-connections', 'set workerConnections'],
  ['max-worker-open-files', 'set workerConnections'],
  ['large-client-header-buffers', 'set headerBuffers'],
  ['client-header-buffer-size', 'leave it out; the memory of a replica is computed with it'],
  ['client-body-buffer-size', 'set clientBodyBuffer'],
  ['http2-max-concurrent-streams', 'set http2MaxStreams'],
  ['enable-serial-reloads', 'leave it out; the memory of a replica is computed with it'],
  ['worker-shutdown-timeout', 'leave it out; the time a replica has to stop is computed with it'],
  ['upstream-keepalive-connections', 'set upstreamKeepalive'],
  ['hsts-max-age', 'set hstsMaxAge'],
  ['enable-real-ip', 'set realIp or trustedProxies'],
  ['forwarded-for-header', 'set realIp or trustedProxies'],
  ['proxy-real-ip-cidr', 'set realIp or trustedProxies'],
  ['use-forwarded-headers', 'set realIp or trustedProxies; this key would believe everybody'],
  ['disable-ipv6', 'leave it out; it follows the network of the cluster'],
  ['http-snippet', 'set httpSnippets'],
  ['main-snippet', 'set mainSnippets'],
  ['proxy-request-buffering', 'set requestBuffering'],
  ['proxy-buffer-size', 'set responseBuffers'],
  ['proxy-buffers-number', 'set responseBuffers'],
  ['proxy-next-upstream-tries', 'set upstreamRetries.tries'],
  ['proxy-next-upstream-timeout', 'set upstreamRetries.timeout'],
  ['keep-alive-requests', 'set keepaliveRequests'],
  ['use-http2', 'set http2'],
  ['ssl-protocols', 'set tlsPolicy'],
  ['hsts-include-subdomains', 'set hstsIncludeSubdomains'],
  ['hsts-preload', 'set hstsPreload'],
  ['use-proxy-protocol', 'set realIp'],
]);

function acknowledgementProblems({ acknowledgeRetired }: RetiredIngressNginxOptions): Problem[] {
  const reason: unknown = acknowledgeRetired?.reason;
  return typeof reason === 'string' && reason.trim() !== ''
    ? []
    : [
        {
          prop: 'controller.acknowledgeRetired',
          allowed: '{ reason } with a reason in words',
          got: reason,
          remedy:
            'ingress-nginx is archived and gets no fixes: say why it is still run, or take NginxController.nginxIngressController()',
        },
      ];
}

function nameProblems(options: RetiredIngressNginxOptions): Problem[] {
  const { watchNamespace, configMapName } = options;
  return [
    ...(watchNamespace === undefined || isDnsLabel(watchNamespace)
      ? []
      : [
          {
            prop: 'controller.watchNamespace',
            allowed: 'an RFC 1123 label',
            got: watchNamespace,
            remedy: 'name the one namespace whose Ingresses are served',
          },
        ]),
    ...(configMapName === undefined || isDnsName(configMapName)
      ? []
      : [
          {
            prop: 'controller.configMapName',
            allowed: 'an RFC 1123 subdomain',
            got: configMapName,
            remedy: 'use lower-case letters, digits, hyphens and dots',
          },
        ]),
  ];
}

function nginxProblems(
  { nginxVersion }: RetiredIngressNginxOptions,
  { image }: Settings,
): Problem[] {
  if (nginxVersion === undefined) {
    return [];
  }
  if (!/^\d+\.\d+\.\d+$/.test(nginxVersion)) {
    return [
      {
        prop: 'controller.nginxVersion',
        allowed: 'a release of nginx',
        got: nginxVersion,
        remedy: 'write three numbers, for example 1.30.7; `nginx -v` in the image prints them',
      },
    ];
  }
  const known = bundledNginx(image);
  return known === undefined
    ? []
    : [
        {
          prop: 'controller.nginxVersion',
          allowed: 'left out with an image that the catalogue knows',
          got: nginxVersion,
          remedy: `${image} carries nginx ${known}; name it only for an image that is not known`,
        },
      ];
}

/** Its integers have no unit: a fraction would be dropped with a line in the log. */
function secondsProblems({ timeouts }: Settings): Problem[] {
  const props: Array<[string, number]> = [
    ['clientTimeouts.header', timeouts.header],
    ['clientTimeouts.body', timeouts.body],
    ['clientTimeouts.keepalive', timeouts.keepalive],
    ['upstreamTimeouts.connect', timeouts.upstreamConnect],
    ['upstreamTimeouts.read', timeouts.upstreamRead],
    ['upstreamTimeouts.send', timeouts.upstreamSend],
    ['upstreamRetries.timeout', timeouts.upstreamRetry],
  ];
  return props
    .filter(([, milliseconds]) => milliseconds % 1000 !== 0)
    .map(([prop, milliseconds]) => ({
      prop,
      allowed: 'in whole seconds with ingress-nginx',
      got: `${milliseconds / 1000} s`,
      remedy: 'round it up; its keys take integers without a unit',
    }));
}

/** What it has one key for where the model has two values. */
function limitProblems({ buffers, bodyKibibytes, grpcBodyKibibytes }: Settings): Problem[] {
  const { header, kibibytes } = buffers.response;
  const problems: Problem[] = [];
  if (header !== kibibytes) {
    problems.push({
      prop: 'responseBuffers.header',
      allowed: `as responseBuffers.size with ingress-nginx, ${kibibytes} KiB`,
      got: `${header} KiB`,
      remedy: 'give both the larger size; it has one key for all buffers of an answer',
    });
  }
  if (grpcBodyKibibytes !== bodyKibibytes) {
    problems.push({
      prop: 'grpcMaxBodySize',
      allowed: `as clientMaxBodySize with ingress-nginx, ${bodyKibibytes} KiB`,
      got: grpcBodyKibibytes === 0 ? 'no limit' : `${grpcBodyKibibytes} KiB`,
      remedy: 'give both the same size; it has one key for both',
    });
  }
  return problems;
}

/** Lines of the user's own, where our own or the template's directives stand already. */
function linesProblems(settings: Settings): Problem[] {
  const directives = ingressNginxDirectives.value;
  const own = Object.values(httpDirectives(settings, '')).map(({ key }) => key.split(' ')[0]!);
  const http = [
    ...directives['http-snippet']!,
    ...directives['server-snippet']!,
    ...directives['location-snippet']!,
    ...own,
  ];
  return [
    ...snippetProblems('httpSnippets', settings.httpSnippets, http),
    ...snippetProblems('mainSnippets', settings.mainSnippets, directives['main-snippet']!),
  ];
}

function webhookProblems({ webhook }: RetiredIngressNginxOptions, cluster: Cluster): Problem[] {
  return webhook !== true || cluster.controlPlanes.length > 0
    ? []
    : [
        {
          prop: 'controller.webhook',
          allowed: 'false where no machine of the control plane is known',
          got: webhook,
          remedy:
            'add the control planes to the machines of the cluster; its NetworkPolicy lets in nobody else',
        },
      ];
}
