import { isDnsLabel, isDnsName, type Cluster, type Problem } from '../../cluster';
import type { Settings } from '../settings';
import { entryProblems } from './entries';
import type { RetiredIngressNginxOptions } from './options';
import { retiredRelease } from './standing';

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
    ...entryProblems(options.configMapEntries ?? {}, OWNED),
    ...secondsProblems(settings),
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
  ['client-body-buffer-size', 'leave it out; the memory of a replica is computed with it'],
  ['http2-max-concurrent-streams', 'leave it out; the memory of a replica is computed with it'],
  ['enable-serial-reloads', 'leave it out; the memory of a replica is computed with it'],
  ['worker-shutdown-timeout', 'leave it out; the time a replica has to stop is computed with it'],
  ['upstream-keepalive-connections', 'set upstreamKeepalive'],
  ['hsts-max-age', 'set hstsMaxAge'],
  ['enable-real-ip', 'set trustedProxies'],
  ['forwarded-for-header', 'set trustedProxies'],
  ['proxy-real-ip-cidr', 'set trustedProxies'],
  ['use-forwarded-headers', 'set trustedProxies; this key would believe everybody'],
  ['disable-ipv6', 'leave it out; it follows the network of the cluster'],
  ['http-snippet', 'leave it out; options of the edge write it'],
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
  const release = retiredRelease(image);
  return release === undefined
    ? []
    : [
        {
          prop: 'controller.nginxVersion',
          allowed: `left out with ${image}`,
          got: nginxVersion,
          remedy: `the nginx inside release ${release} is known; name it only for an image of a fork`,
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
