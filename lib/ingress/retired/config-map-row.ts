import { tuned, type TuningRow } from '../../cluster';

/** Where a row of the ConfigMap stands in the output. */
export const DATA = 'ConfigMap.data.';
/** Where its template was read. */
export const TEMPLATE =
  'kubernetes/ingress-nginx rootfs/etc/nginx/template/nginx.tmpl at controller-v1.15.1';

const KEYS =
  'kubernetes/ingress-nginx internal/ingress/controller/config/config.go at controller-v1.15.1';

/** Rows of the ConfigMap by a name of our own. */
export type Rows = Record<string, TuningRow<string>>;

/** A row of one key; the source is the list of keys unless it is given. Integers have no unit. */
export function row(
  key: string,
  value: string | number | boolean,
  upstream: string,
  why: string,
  source = KEYS,
): TuningRow<string> {
  return tuned(`${DATA}${key}`, `${value}`, upstream, why, source);
}

/** Milliseconds as this controller wants them: whole seconds, checked before. */
export function seconds(milliseconds: number): number {
  return milliseconds / 1000;
}
