import { tuned } from '../cluster';
import { podPath, type Settings } from './settings';
import { BASE_MEBIBYTES, GENERATIONS, kibibytesPerConnection, kibibytesPerRequest } from './sizing';

/** Memory and CPU of a replica. */
export function computeRows(s: Settings, source: string) {
  const pod = podPath(s);
  const memory = s.mebibytes % 1024 === 0 ? `${s.mebibytes / 1024}Gi` : `${s.mebibytes}Mi`;
  const why = `${BASE_MEBIBYTES} MiB of the controller; ${GENERATIONS} generations of processes during a reload × ${s.workers} × ${s.connections} connections × ${kibibytesPerConnection(s.buffers)} KiB, the most a stalled TLS client can hold; ${s.requests} requests × ${kibibytesPerRequest(s.buffers)} KiB with its header as read and as sent, body and response buffers. Not in it: answers that nginx writes before it counts (see http2_max_concurrent_streams)`;
  const measured =
    'measured with nginx 1.22.1 and OpenSSL 3.0: 9.6 KiB plain, 22.6 KiB TLS, 55.2 KiB TLS with four header buffers full; 123.8 KiB a proxied HTTP/2 stream with as much header and an answer that nobody reads';
  return {
    memoryLimit: tuned(`${pod}.containers.resources.limits.memory`, memory, 'none', why, measured),
    memoryRequest: tuned(
      `${pod}.containers.resources.requests.memory`,
      memory,
      '128Mi',
      'reserved in full: when memory runs short, pods above their request are evicted first, before priority is looked at, and an attack is when this one would get there',
      source,
    ),
    cpuLimit: tuned(
      `${pod}.containers.resources.limits.cpu`,
      `${s.workers}`,
      'none',
      'one core for each process; on machines with etcd the edge must not take the rest',
      source,
    ),
    cpuRequest: tuned(
      `${pod}.containers.resources.requests.cpu`,
      s.workers % 4 === 0 ? `${s.workers / 4}` : `${250 * s.workers}m`,
      '100m',
      'a quarter core for each process when everybody wants the machine',
      source,
    ),
  };
}
