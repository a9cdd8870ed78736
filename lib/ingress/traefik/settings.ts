import type { Cluster } from '../../cluster';
import type { Settings } from '../settings';
import { settingsOf } from '../settle';
import { machinesForReplicas } from '../sizing';
import { TraefikProvider, type EncodedCharacter, type HardenedTraefikOptions } from './options';
import {
  breakEvenRate,
  defaultMebibytes,
  defaultReadMilliseconds,
  freeKibibytes,
  kibibytesPerRequest,
  SMALL_MEBIBYTES,
  temporaryMebibytes,
} from './sizing';

/** Every open question answered: what every edge has to know, and what Traefik has beside it. */
export interface TraefikSettings {
  /**
   * Placement, traffic, names, timeouts and limits, as for any other edge; `requests` are those that
   * memory holds. What is nginx's own in it is not used.
   */
  readonly edge: Settings;
  /** Whether it stands in for ingress-nginx. */
  readonly compatible: boolean;
  readonly readMilliseconds: number;
  /** Absent where a response may take any time. */
  readonly writeMilliseconds?: number;
  readonly uploadKibibytesPerSecond: number;
  readonly headerKibibytes: number;
  readonly allowedEncodedCharacters: readonly EncodedCharacter[];
  /** HTTP proxies that say in a header who the client is; none where the PROXY protocol does. */
  readonly httpProxies: readonly string[];
  readonly accessLog: boolean;
}

/** The settings of one construct. Options must have passed their own checks. */
export function traefikSettingsOf(
  cluster: Cluster,
  options: HardenedTraefikOptions,
  defaultImage: string,
): TraefikSettings {
  const compatible = options.provider === TraefikProvider.INGRESS_NGINX_COMPATIBLE;
  const shared = settingsOf(
    cluster,
    {
      ...options,
      workerProcesses: options.cpuCores,
      ingressClassName: options.ingressClassName ?? (compatible ? 'nginx' : 'traefik'),
      upstreamKeepalive: options.upstreamKeepalive ?? 200,
    },
    defaultImage,
  );
  const { bodyKibibytes } = shared;
  const headerKibibytes = options.maxHeaderSize?.toKibibytes() ?? 16;
  const upload = options.slowestUploadPerSecond?.toKibibytes() ?? 2048;
  const readMilliseconds =
    options.readTimeout?.toMilliseconds() ?? defaultReadMilliseconds(bodyKibibytes, upload);
  const mebibytes =
    options.memoryLimit?.toMebibytes() ?? defaultMebibytes(machinesForReplicas(cluster));
  return {
    edge: {
      ...shared,
      mebibytes,
      requestBuffering: compatible,
      requests: Math.floor(freeKibibytes(mebibytes) / kibibytesPerRequest(headerKibibytes)),
      breakEvenRate: breakEvenRate(mebibytes, headerKibibytes, readMilliseconds / 1000),
      temporaryMebibytes: compatible ? temporaryMebibytes(bodyKibibytes) : SMALL_MEBIBYTES,
    },
    compatible,
    readMilliseconds,
    writeMilliseconds: options.writeTimeout?.toMilliseconds(),
    uploadKibibytesPerSecond: upload,
    headerKibibytes,
    allowedEncodedCharacters: options.allowedEncodedCharacters ?? [],
    httpProxies: shared.proxyProtocol ? [] : shared.trustedProxies,
    accessLog: options.accessLog ?? false,
  };
}

/** Milliseconds as Go writes time. */
export function goTime(milliseconds: number): string {
  return milliseconds % 1000 === 0 ? `${milliseconds / 1000}s` : `${milliseconds}ms`;
}
