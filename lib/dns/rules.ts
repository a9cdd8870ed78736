import { atLeast } from '../catalog';
import { rule, Severity, type IRule } from '../cluster';
import { machineRules } from './machine-rules';
import { reachRules } from './reach-rules';

/** First kernel in which no two packets of one question can lose each other while they are translated. */
const RACE_FIXED = '5.6';

/** What is to know about a cluster without the cache. */
export const absentRules: IRule[] = [
  rule(
    {
      id: 'GW-DNS-013',
      severity: Severity.NOTE,
      title: 'Questions of pods stay on the machine',
      why: 'Without a cache each one is translated, tracked and sent to CoreDNS by UDP, often on another machine; a packet that is lost costs 5 seconds, and kernels before 5.6 lose some by themselves when two packets of one socket are translated at once',
      remedy: 'use NodeLocalDns.configure(), or tell pods to ask less with PodDns',
      reference: 'https://github.com/kubernetes/kubernetes/issues/56903',
    },
    (cluster) =>
      cluster._summary('dns') === undefined
        ? [
            {
              message: `every question is translated and tracked; kernel ${cluster.kernel} ${
                atLeast(cluster.kernel, RACE_FIXED)
                  ? `has the repairs of ${RACE_FIXED}`
                  : `is older than the repairs of ${RACE_FIXED}`
              }`,
            },
          ]
        : [],
  ),
];

/** What would break in the cache, or go past it. */
export const dnsRules: IRule[] = [...reachRules, ...machineRules];
