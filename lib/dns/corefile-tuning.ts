import { tuned } from '../cluster';
import type { DnsChoices } from './choices';

const MANIFEST = 'kubernetes/kubernetes:cluster/addons/dns/nodelocaldns/nodelocaldns.yaml (v1.36)';
const CACHE = 'https://coredns.io/plugins/cache/';
const SYNC = 'kubernetes/dns:cmd/node-cache/app/configmap.go (1.26.7)';

/** A reason, and that the value was chosen where it was. */
export function said(option: unknown, why: string): string {
  return option === undefined ? why : `chosen in the spec; else: ${why}`;
}

/** Every value of the Corefile that is not a fact of the cluster. */
export function corefileRows(choices: DnsChoices) {
  const { given, caches } = choices;
  return {
    success: tuned(
      'Corefile.cache.success',
      caches.success,
      '9984',
      said(given.cacheSuccess, 'answers that each zone keeps; memory follows from it'),
      CACHE,
    ),
    successSeconds: tuned(
      'Corefile.cache.success.ttl',
      choices.successSeconds,
      "3600; 30 in upstream's manifest",
      said(given.cacheSuccessTtl, 'a pod that moved is found again after half a minute at most'),
      MANIFEST,
    ),
    denial: tuned(
      'Corefile.cache.denial',
      caches.denial,
      '9984',
      said(
        given.cacheDenial,
        'most questions are for names that do not exist: search lists try several before the right one',
      ),
      CACHE,
    ),
    denialSeconds: tuned(
      'Corefile.cache.denial.ttl',
      choices.denialSeconds,
      "1800; 5 in upstream's manifest",
      said(given.cacheDenialTtl, 'a Service that was asked for before it existed is found soon'),
      MANIFEST,
    ),
    forceTcp: tuned(
      'Corefile.forward.force_tcp',
      choices.forceTcp,
      "absent; present in upstream's manifest",
      said(
        given.forceTcp,
        'a lost packet is sent again after milliseconds, and no UDP entry of connection tracking is translated',
      ),
      'kubernetes/enhancements:keps/sig-network/1024-nodelocal-cache-dns',
    ),
    upstreamServers: tuned(
      'Corefile.forward.servers',
      choices.upstreamServers,
      '/etc/resolv.conf, or upstreamNameservers of a ConfigMap kube-dns',
      said(
        given.upstreamServers,
        "the machine's own name servers; written out, so that no ConfigMap of kube-dns changes it",
      ),
      SYNC,
    ),
    log: tuned(
      'Corefile.log',
      choices.logQueries,
      'absent',
      said(given.logQueries, 'a line for every question is more than anybody reads'),
      'https://coredns.io/plugins/log/',
    ),
    metricsPort: tuned(
      'Corefile.prometheus',
      choices.metricsPort,
      "9153; 9253 in upstream's manifest",
      said(given.metricsPort, 'the port that dashboards and scrape rules know'),
      MANIFEST,
    ),
    healthPort: tuned(
      'Corefile.health',
      choices.healthPort,
      '8080',
      said(given.healthPort, 'on the local address only'),
      'https://coredns.io/plugins/health/',
    ),
  };
}

export type CorefileRows = ReturnType<typeof corefileRows>;
