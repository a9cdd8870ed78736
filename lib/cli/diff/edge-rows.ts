import { Effect, type Row } from './effect';
import { row } from './row';

const { LIVE, ROLLOUT, BREAKS_CONNECTIONS } = Effect;

/** The load balancer and the edge. */
export const edge: readonly Row[] = [
  row(
    /^IPAddressPool /,
    /^spec\.addresses\[/,
    LIVE,
    { why: 'More addresses to give away' },
    {
      type: 'added',
    },
  ),
  row(/^IPAddressPool /, /^spec\.addresses\[/, BREAKS_CONNECTIONS, {
    why: 'Services keep addresses that are still in the pool. One that was taken out is lost, at the latest when the controller restarts, and its Service gets another',
    how: 'kubectl get services -A shows who has which',
  }),
  row(
    /^(L2|BGP)Advertisement /,
    /^spec\.ipAddressPools\[/,
    LIVE,
    { why: 'Addresses of one pool more are announced' },
    { type: 'added' },
  ),
  row(/^(L2Advertisement|BGPAdvertisement|BFDProfile|Community) /, /./, BREAKS_CONNECTIONS, {
    why: 'Addresses are announced otherwise, and for a moment by nobody: clients have to find them anew',
  }),
  row(
    /^Service /,
    /^spec\.ports\[[^\]]*\](\.(port|nodePort|protocol))?$/,
    BREAKS_CONNECTIONS,
    {
      why: 'Who still uses the old port is refused',
    },
    { type: 'changed' },
  ),
  row(
    /^Service /,
    /^spec\.ports\b/,
    BREAKS_CONNECTIONS,
    { why: 'Who still uses the port is refused' },
    {
      type: 'removed',
    },
  ),
  row(
    /^Service /,
    /^spec\.ports\[[^\]]*\]\.nodePort$/,
    BREAKS_CONNECTIONS,
    { why: 'Who still uses the port that it had by chance is refused' },
    { type: 'added' },
  ),
  row(
    /^Service /,
    /^spec\.(type|loadBalancer\w*|externalIPs)\b|^metadata\.annotations\.(metallb\.(io|universe\.tf)|projectcalico\.org)\//,
    BREAKS_CONNECTIONS,
    {
      why: 'The address by which it is reached from outside may be another',
    },
  ),
  row(/^Service /, /^spec\.(externalTrafficPolicy|internalTrafficPolicy)$/, BREAKS_CONNECTIONS, {
    why: 'With Local only machines with a pod of it answer: connections that came in elsewhere end. With Cluster pods see the address of a machine instead of the client',
  }),
  row(/^Service /, /^spec\.selector\b/, BREAKS_CONNECTIONS, {
    why: 'Other pods are behind it at once; where none has the new labels yet, nobody answers',
  }),
  row(/^Service /, /./, LIVE, {
    why: 'kube-proxy writes it on every machine within seconds; open connections stay',
  }),
  row(
    /^Gateway /,
    /^spec\.listeners\[[^\]]*\]$/,
    LIVE,
    { why: 'One listener more' },
    { type: 'added' },
  ),
  row(
    /^Gateway /,
    /^spec\.(listeners\[[^\]]*\](\.(port|protocol|hostname|tls\.mode))?|addresses\b.*|gatewayClassName)$/,
    BREAKS_CONNECTIONS,
    {
      why: 'Who still uses the listener, or the address, is refused',
    },
  ),
  row(/^NginxProxy /, /^spec\.kubernetes\.service\b/, BREAKS_CONNECTIONS, {
    why: 'The controller changes the Service of the edge: its address or ports, or which machines answer, may be others',
  }),
  row(/^NginxProxy /, /^spec\.kubernetes\b/, ROLLOUT, {
    why: 'The controller replaces the pods of the edge one after another',
  }),
];
