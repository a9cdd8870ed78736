import { tuned } from '../cluster';
import { nginxSize, type Settings } from './settings';

const EDGE = 'Edge.';

/** What the options add up to, whatever the controller: the figures to compare with an attack or a complaint. */
export function edgeRows(s: Settings) {
  const slots = s.workers * s.connections;
  const seconds = s.timeouts.header / 1000;
  const grpc = s.grpcBodyKibibytes === 0 ? 'no limit' : nginxSize(s.grpcBodyKibibytes);
  return {
    preset: tuned(
      `${EDGE}preset`,
      s.preset,
      'none',
      'sets defaults of other options; every option that the spec names wins over it',
      'the spec',
    ),
    breakEvenRate: tuned(
      `${EDGE}breakEvenRate`,
      `${s.breakEvenRate}/s`,
      '34/s with 2 × 1024 connections ÷ 60 s',
      `${s.workers} × ${s.connections} = ${slots} connections ÷ ${seconds} s for a header: the new slow connections a second that fill one replica`,
      'measured with nginx 1.22.1: below it every request is answered, above it none is once the connections are full',
    ),
    memoryCeiling: tuned(
      `${EDGE}memoryCeiling`,
      `${s.mebibytes} MiB`,
      'none',
      `one replica with ${slots} connections and ${s.requests} requests at their worst, during a reload`,
      'arithmetic',
    ),
    uploadLimit: tuned(
      `${EDGE}uploadLimit`,
      `${nginxSize(s.bodyKibibytes)} a request, gRPC ${grpc} a stream`,
      '1m',
      `${s.requestBuffering ? 'read whole before a backend is asked' : 'passed on as it comes'}; a client may pause for ${s.timeouts.body / 1000} s`,
      'arithmetic',
    ),
  };
}
