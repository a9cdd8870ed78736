import { Fit, Loss } from './annotation-row';
import { configTable, otherConfigKeys, wholeNumberKeys, type ConfigRow } from './config-keys';
import { finding, quoted, type Draft, type Found } from './draft';
import { READ_IN, TARGETS } from './finding';
import type { Manifest } from './objects';
import { isOn } from './values';
import { Severity } from '../../cluster';

const OWN_NAMES = ['nginx-configuration', 'ingress-nginx-controller', 'nginx-ingress-controller'];
const STREAMS = /(^|-)(tcp|udp)(-services)?$/;
const APP = 'app.kubernetes.io/name';

function isStreams({ name, namespace, labels }: Manifest): boolean {
  return STREAMS.test(name) && (labels[APP] === 'ingress-nginx' || namespace === 'ingress-nginx');
}

/** Whether a ConfigMap configures ingress-nginx. */
function isOwn(map: Manifest): boolean {
  return !isStreams(map) && (OWN_NAMES.includes(map.name) || map.labels[APP] === 'ingress-nginx');
}

/** The ConfigMaps of ingress-nginx itself. */
export function configFindings(maps: readonly Manifest[]): Found[] {
  return maps.flatMap((map) => {
    if (isStreams(map)) {
      return Object.keys(map.data).map((port) => finding(map, stream(port, map.data[port])));
    }
    const drafts = isOwn(map)
      ? [...Object.entries(map.data).flatMap(([key, value]) => ofKey(key, value)), ...trust(map)]
      : [];
    return drafts.map((draft) => finding(map, draft));
  });
}

function ofKey(key: string, value: string): Draft[] {
  const row = Object.hasOwn(configTable, key) ? configTable[key] : undefined;
  const drafts: Draft[] = row === undefined ? unlisted(key, value) : moved(key, value, row);
  return wholeNumberKeys.has(key) && !/^\d+$/.test(value.trim())
    ? [...drafts, notWhole(key, value)]
    : drafts;
}

function unlisted(key: string, value: string): Draft[] {
  return otherConfigKeys.has(key)
    ? [
        {
          id: 52,
          severity: Severity.NOTE,
          field: key,
          message: `${quoted(value)} has no counterpart that is looked up here`,
          remedy: 'leave it out, and look it up where something depends on it',
          reference: READ_IN.configMap,
          targets: TARGETS,
        },
      ]
    : [
        {
          id: 51,
          severity: Severity.WARNING,
          field: key,
          message: `${key} is no key of ingress-nginx 1.15, which says nothing and ignores it`,
          remedy: 'correct its name, or delete it',
          reference: READ_IN.configMap,
          targets: TARGETS,
        },
      ];
}

/** Where the key goes; keys that nobody needs there are left out. */
function moved(key: string, value: string, row: ConfigRow): Draft[] {
  const told = (lost: boolean): Draft[] => {
    const targets = TARGETS.filter((target) => {
      const { fit } = row[target];
      return fit !== Fit.IDLE && fit !== Fit.SAME && (fit === Fit.NONE) === lost;
    });
    return targets.length === 0
      ? []
      : [
          {
            id: /-snippet$/.test(key) ? 50 : lost ? 56 : 53,
            severity:
              (lost && row.loss !== Loss.TUNING) || /-snippet$/.test(key)
                ? Severity.ERROR
                : Severity.WARNING,
            field: key,
            message: `${quoted(value)} ${lost ? 'cannot be said there' : 'is said elsewhere'}`,
            remedy: (target) => row[target].by,
            reference: READ_IN.configMap,
            targets,
          },
        ];
  };
  return [...told(false), ...told(true)];
}

function notWhole(key: string, value: string): Draft {
  return {
    id: 54,
    severity: Severity.WARNING,
    field: key,
    message: `${quoted(value)} is no whole number, so ingress-nginx takes its default today`,
    remedy: 'decide which of the two is meant, and move that one',
    reference: READ_IN.configMap,
    targets: TARGETS,
  };
}

function trust({ data }: Manifest): Draft[] {
  const asks = ['use-forwarded-headers', 'use-proxy-protocol', 'enable-real-ip'];
  const asked = asks.filter((key) => isOn(data[key]));
  const from = data['proxy-real-ip-cidr'] ?? '0.0.0.0/0';
  return asked.length === 0 || !/(^|,|\s)(0\.0\.0\.0\/0|::\/0)($|,|\s)/.test(from)
    ? []
    : [
        {
          id: 55,
          severity: Severity.ERROR,
          field: 'proxy-real-ip-cidr',
          message: `${asked.join(', ')} with ${from}: every client chooses the address it is known by`,
          remedy: 'name the proxies in front of the edge, today and after the move',
          reference: READ_IN.configMap,
          targets: TARGETS,
        },
      ];
}

function stream(port: string, value: string): Draft {
  return {
    id: 57,
    severity: Severity.ERROR,
    field: port,
    message: `port ${port} goes to ${quoted(value)}, which no Ingress says`,
    remedy: (target) => STREAM_BY[target],
    reference: 'kubernetes/ingress-nginx docs/user-guide/exposing-tcp-udp-services.md',
    targets: TARGETS,
  };
}

const STREAM_BY = {
  nic: 'a Service of its own, or a TransportServer and a controller with custom resources',
  gateway: 'a Service of its own, or a TCPRoute or UDPRoute',
  traefik: 'a Service of its own, or an entry point with an IngressRouteTCP',
};
