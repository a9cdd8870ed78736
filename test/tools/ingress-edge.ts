import { Chart, App } from 'cdk8s';
import { HardenedNginxIngress, type HardenedNginxIngressOptions } from '../../lib/ingress';
import { renderNginxConf } from '../../lib/ingress/nginx-conf';
import type { Settings } from '../../lib/ingress/settings';
import { osloCluster } from '../support/oslo';
import { freePort, NGINX_VERSION, startNginx, TEMPORARY, type Nginx } from './nginx-lab';

// One replica of the edge as a program on this machine: what our model stands for, in a real nginx.

/** What the options come to, with the flagship's facts. */
export function settingsOf(options: HardenedNginxIngressOptions): Settings {
  const app = new App();
  const cluster = osloCluster(app);
  new HardenedNginxIngress(new Chart(app, 'chart'), 'ingress', { cluster, ...options });
  return cluster._summary('ingress')!.own as Settings;
}

/** Where it listens, on loopback; nobody listens on `backend` unless a test says so. */
export interface Ports {
  readonly http: number;
  readonly https: number;
  readonly backend: number;
}

/** The configuration of a replica on these ports, in the words of the nginx of this machine. */
export function configOf(settings: Settings, ports: Ports): string {
  const at = (port: number) => `127.0.0.1:${port}`;
  return renderNginxConf(settings, {
    version: NGINX_VERSION ?? '1.22.1',
    http: at(ports.http),
    https: at(ports.https),
    backend: at(ports.backend),
    httpLines: ['access_log off;', ...TEMPORARY],
  });
}

/** The same with the defences taken out: nginx's own timeouts, and no limits. */
export function asStock(config: string): string {
  const defence =
    /^ *(client_\w+_timeout|send_timeout|reset_timedout_connection|lingering_\w+|limit_conn\w*) .*\n/gm;
  return config.replace(defence, '');
}

/** A replica that runs. */
export interface RunningEdge extends Nginx, Ports {
  readonly settings: Settings;
}

/** Starts one replica with one worker, unless the options say otherwise. */
export async function startEdge(
  options: HardenedNginxIngressOptions,
  { backend, change = (config) => config }: StartOptions = {},
): Promise<RunningEdge> {
  const settings = settingsOf({ workerProcesses: 1, ...options });
  const ports = {
    http: await freePort(),
    https: await freePort(),
    backend: backend ?? (await freePort()),
  };
  const nginx = await startNginx(change(configOf(settings, ports)), ports.http);
  return { ...nginx, ...ports, settings };
}

/** Another backend than a port where nobody listens, and what to do with the configuration. */
export interface StartOptions {
  readonly backend?: number;
  readonly change?: (config: string) => string;
}
