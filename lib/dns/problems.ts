import type { Duration, Size } from 'cdk8s';
import { checkInteger, KubeProxyMode, parseImage, type Problem } from '../cluster';
import { addressProblems } from './address-problems';
import { cacheShape, DEFAULTS, settledBinding, settledIptables, settledLimit } from './choices';
import type { NodeLocalDnsProps } from './dns-options';
import { serverProblems } from './server-problems';

const CACHE_RANGE = { min: 1024, max: 1_000_000 };
const PORT_RANGE = { min: 1024, max: 65535 };

/** Everything that is wrong with the props by themselves and with the facts they need. */
export function optionProblems(props: NodeLocalDnsProps): Problem[] {
  return [
    ...addressProblems(props),
    ...bindingProblems(props),
    ...serverProblems(props),
    ...cacheProblems(props),
    ...portProblems(props),
    ...resourceProblems(props),
    ...imageProblems(props.image),
  ];
}

function bindingProblems(props: NodeLocalDnsProps): Problem[] {
  const { cluster } = props;
  const binds = settledBinding(cluster, props);
  if (binds && cluster.kubeProxyMode === KubeProxyMode.IPVS) {
    return [
      {
        prop: 'bindClusterIp',
        allowed: 'false with kube-proxy in ipvs mode',
        got: binds,
        remedy:
          'kube-proxy has the address on an interface of its own; let the kubelets give pods localIp',
      },
    ];
  }
  return binds && !settledIptables(cluster, props) && cluster.kubeProxyMode !== KubeProxyMode.NONE
    ? [
        {
          prop: 'setupIptables',
          allowed: 'true with bindClusterIp',
          got: false,
          remedy:
            'without the rules kube-proxy sends every packet on to CoreDNS, and the cache sees none',
        },
      ]
    : [];
}

function cacheProblems(props: NodeLocalDnsProps): Problem[] {
  const size = 'the cache has 256 parts of four answers at least; leave it out for 9984';
  return [
    ...checkInteger('cacheSuccess', props.cacheSuccess, CACHE_RANGE, size),
    ...checkInteger('cacheDenial', props.cacheDenial, CACHE_RANGE, size),
    ...secondsProblems('cacheSuccessTtl', props.cacheSuccessTtl),
    ...secondsProblems('cacheDenialTtl', props.cacheDenialTtl),
  ];
}

function secondsProblems(prop: string, duration: Duration | undefined): Problem[] {
  const milliseconds = duration?.toMilliseconds({ integral: false });
  return checkInteger(
    prop,
    milliseconds === undefined ? undefined : milliseconds / 1000,
    { min: 1, max: 3600 },
    'give whole seconds',
  );
}

function portProblems(props: NodeLocalDnsProps): Problem[] {
  const { metricsPort = DEFAULTS.metricsPort, healthPort = DEFAULTS.healthPort } = props;
  const problems = [
    ...checkInteger('metricsPort', metricsPort, PORT_RANGE, 'use 9253 unless it is taken'),
    ...checkInteger('healthPort', healthPort, PORT_RANGE, 'use 8080 unless it is taken'),
  ];
  return metricsPort === healthPort && problems.length === 0
    ? [
        {
          prop: 'healthPort',
          allowed: 'another port than metricsPort',
          got: healthPort,
          remedy: 'node-cache opens both on the same address',
        },
      ]
    : problems;
}

function resourceProblems(props: NodeLocalDnsProps): Problem[] {
  const problems = [
    ...checkInteger(
      'cpuRequestMillicores',
      props.cpuRequestMillicores,
      { min: 1, max: 64000 },
      '25 are a fortieth of a core',
    ),
    ...mebibyteProblems('memoryRequest', props.memoryRequest, 1),
    ...mebibyteProblems('memoryLimit', props.memoryLimit, 32),
  ];
  if (problems.length > 0 || props.memoryRequest === undefined) {
    return problems;
  }
  const limit = settledLimit(props, cacheShape(props));
  const request = props.memoryRequest.toMebibytes();
  return request <= limit
    ? []
    : [
        {
          prop: 'memoryRequest',
          allowed: `at most memoryLimit ${limit} MiB`,
          got: `${request} MiB`,
          remedy: 'raise the limit, too',
        },
      ];
}

function mebibyteProblems(prop: string, size: Size | undefined, min: number): Problem[] {
  const kibibytes = size?.toKibibytes();
  return checkInteger(
    prop,
    kibibytes === undefined ? undefined : kibibytes / 1024,
    { min, max: 65536 },
    'give whole mebibytes, for example Size.mebibytes(128)',
  );
}

function imageProblems(image: string | undefined): Problem[] {
  if (image === undefined || parseImage(image) !== undefined) {
    return [];
  }
  return [
    {
      prop: 'image',
      allowed: 'a full reference with a tag or digest',
      got: image,
      remedy: 'write registry/repository:tag, with @sha256 behind it if you pin the digest',
    },
  ];
}
