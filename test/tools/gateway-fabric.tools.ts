import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, get } from 'node:http';
import { join } from 'node:path';
import { GroundworkApp, HardenedNginxIngress, NginxController } from '../../lib';
import { osloPlane } from '../control-plane/oslo-plane';
import { fabric } from '../ingress/gateway-fabric/fabric';
import { variants } from '../ingress/gateway-fabric/variants';
import { tempDir } from '../support/temp-app';
import { run, withTools } from './programs';

// Debian's nginx judges what NGINX Gateway Fabric is given for nginx, inside the few lines that its own
// configuration has around it. It is 1.22: add_header_inherit came with 1.29.3 and is left out.

/** Writes a configuration with our two snippets where the controller includes them. */
function configuration(edge: ReturnType<typeof fabric>, server: string): string {
  const dir = tempDir();
  mkdirSync(join(dir, 'temp'));
  const known = edge.directives('http').filter((line) => !line.startsWith('add_header_inherit'));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const file = join(dir, 'nginx.conf');
  writeFileSync(
    file,
    [
      ...edge.directives('main'),
      'error_log stderr notice;',
      'worker_processes 2;',
      `pid ${dir}/nginx.pid;`,
      'daemon off;',
      `events { worker_connections ${edge.objects.find('NginxProxy').spec.workerConnections}; }`,
      'http {',
      'access_log off;',
      ...temporary.map((name) => `${name}_temp_path ${dir}/temp/${name};`),
      ...known,
      'server_tokens off;',
      server,
      '}',
      '',
    ].join('\n'),
  );
  return file;
}

const PLAIN = 'server { listen 127.0.0.1:28080; return 404; }';

withTools(['nginx'], 'nginx accepts both snippets of every edge', () => {
  for (const [name, own, options, facts] of variants) {
    const file = configuration(fabric(own, options, facts), PLAIN);
    const { status, output } = run('nginx', ['-t', '-q', '-c', file]);
    expect([name, status, output.replace(/.*could not open error log file.*\n/g, '')]).toEqual([
      name,
      0,
      '',
    ]);
  }
});

withTools(
  ['nginx'],
  'what runs before the end lets a request finish, and waits for nginx',
  async () => {
    let asked = false;
    const backend = createServer((_, response) => {
      asked = true;
      setTimeout(() => response.end('whole'), 1500);
    });
    await new Promise<void>((done) => backend.listen(0, '127.0.0.1', done));
    const { port } = backend.address() as { port: number };
    const edge = fabric();
    const file = configuration(
      edge,
      `server { listen 127.0.0.1:28081; location / { proxy_pass http://127.0.0.1:${port}; } }`,
    );
    const pid = file.replace(/nginx\.conf$/, 'nginx.pid');
    const nginx = spawn('nginx', ['-c', file], {
      stdio: 'ignore',
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
    });
    const ended = new Promise<number | null>((done) => nginx.on('exit', done));
    try {
      await until(() => existsSync(pid));
      const answer = request('http://127.0.0.1:28081/');
      await until(() => asked);
      const [shell, flag, script] = edge.workload.container.lifecycle.preStop.exec.command;
      const own = script.replace(/sleep 15/, 'true').replaceAll('/var/run/nginx/nginx.pid', pid);
      const before = spawnAsync(shell, [flag, own]);
      expect(await answer).toBe('200 whole');
      expect(await before).toBe(0);
      expect(existsSync(pid)).toBe(false);
      expect(await ended).toBe(0);
    } finally {
      nginx.kill('SIGKILL');
      backend.close();
    }
  },
);

withTools(['shellcheck'], 'shellcheck finds nothing in apply.sh with what it fetches', () => {
  const app = new GroundworkApp({ outdir: tempDir() });
  const controller = NginxController.gatewayFabric();
  osloPlane(app, { ingress: HardenedNginxIngress.configure({ controller }) });
  const file = join(tempDir(), 'apply.sh');
  writeFileSync(file, app.files()['apply.sh']);
  expect(spawnSync('shellcheck', [file], { encoding: 'utf8' })).toMatchObject({
    status: 0,
    stdout: '',
  });
});

function spawnAsync(command: string, args: string[]): Promise<number | null> {
  return new Promise((done) => spawn(command, args, { stdio: 'ignore' }).on('exit', done));
}

function request(url: string): Promise<string> {
  return new Promise((done) => {
    get(url, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => done(`${response.statusCode} ${text}`));
    }).on('error', (error) => done(String(error)));
  });
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds() && tries < 600; tries++) {
    await new Promise((done) => setTimeout(done, 100));
  }
}
