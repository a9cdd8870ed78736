import { Cidr, familyOf, hostCidr, isDnsLabel, isDnsName, type Problem } from '../cluster';
import type { EdgeIntent } from './intent';
import type { HardenedNginxIngressOptions } from './options';
import { brokenRelease } from './release';

/** What is wrong with names and addresses. */
export function nameProblems(options: HardenedNginxIngressOptions): Problem[] {
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

/** What is wrong with the proxies in front. */
export function proxyProblems({ realIp, trustedProxies }: EdgeIntent): Problem[] {
  if (realIp === undefined) {
    return addressProblems('trustedProxies', trustedProxies ?? []);
  }
  const problems = addressProblems('realIp', realIp.trusted);
  if (trustedProxies !== undefined) {
    problems.push({
      prop: 'trustedProxies',
      allowed: 'left out beside realIp',
      got: trustedProxies,
      remedy: 'name every proxy in realIp',
    });
  }
  if (realIp.trusted.length === 0) {
    problems.push({
      prop: 'realIp',
      allowed: 'at least one address or network',
      got: undefined,
      remedy: 'name who may say what the address of a client is, or leave it out',
    });
  }
  return problems;
}

function addressProblems(prop: string, addresses: readonly string[]): Problem[] {
  return addresses.flatMap((got): Problem[] => {
    const cidr = Cidr.parse(familyOf(got) === undefined ? got : hostCidr(got));
    if (cidr === undefined) {
      return [
        {
          prop,
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
            prop,
            allowed: 'narrower than the whole internet',
            got,
            remedy:
              'name the proxies; a client that is trusted chooses its own address and escapes every limit',
          },
        ];
  });
}

/** What is wrong with the image. */
export function imageProblems(image: string | undefined): Problem[] {
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
  const reason = brokenRelease(image);
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
