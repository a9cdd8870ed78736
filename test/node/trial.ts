import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Machine, type ClusterProps, type NodeBootstrapOptions } from '../../lib';
import { osloMachine } from '../support/oslo';
import { tempDir } from '../support/temp-app';
import { oslo } from './support';

// The real script runs in a folder of its own. Programs that would touch this machine are replaced by
// small ones that write down how they were called; the rest (sed, tar, install, sha256sum) are real.
export const TOKEN = ['abcdef', '0123456789abcdef'].join('.');
export const KEY = '5e'.repeat(32);
export const ENCRYPTION_KEY = `${'Ab1/'.repeat(10)}Ab1=`;

/** The file of a kernel parameter, as the kernel has it. */
export function parameter(key: string): string {
  return `/proc/sys/${key.replace(/\./g, '/')}`;
}

/** One machine's files in a folder, and the programs around them. */
export class Trial {
  public readonly root = tempDir();
  /** Kernel parameters that this kernel does not have. */
  public absent?: RegExp;
  private readonly bin = join(this.root, 'stubs');

  public constructor(
    private readonly machine: string,
    changes: Partial<ClusterProps> = {},
    options: NodeBootstrapOptions = {},
  ) {
    const worker = Machine.worker('w-1', { zone: 'oslo-1', address: '10.20.0.21' });
    const { node, cluster, files } = oslo(
      { machines: [osloMachine(1), osloMachine(2), osloMachine(3), worker], ...changes },
      options,
    );
    cluster.ledger.requireUnit('probe.service', {
      by: node,
      why: 'test',
      content: '[Service]\nExecStart=/bin/true\n',
    });
    const prefix = `nodes/${machine}/files`;
    for (const [path, content] of Object.entries(files()).filter(([p]) =>
      p.startsWith(`${prefix}/`),
    )) {
      this.write(path.slice(prefix.length), content);
    }
    for (const script of ['bootstrap', 'preflight', 'certificates']) {
      const file = join(this.root, 'usr/local/lib/groundwork', script);
      if (existsSync(file)) {
        chmodSync(file, 0o755);
      }
    }
    this.write('/etc/fstab', 'UUID=1 / ext4 defaults 0 1\n/dev/sda2 none swap sw 0 0\n');
    this.write('/run/systemd/resolve/resolv.conf', 'nameserver 10.20.0.2\n');
    this.write('/sys/class/net/eno1/mtu', '1500\n');
    this.write('/proc/swaps', 'Filename Type Size Used Priority\n');
    this.write('/proc/meminfo', 'MemTotal:       16384000 kB\n');
    this.write('/proc/stat', 'cpu  100 0 100 800 0 0 0 0 0 0\n');
    this.write('/etc/os-release', 'ID=debian\nVERSION_ID="12"\n');
    this.stubs();
  }

  /** Replaces the archives by small ones of the same form, with their own checksums. */
  public archives(): void {
    const list = join(this.root, 'etc/groundwork/archives.list');
    const lines = readFileSync(list, 'utf8')
      .split('\n')
      .map((line) => {
        const [name, , url] = line.split(' ');
        if (line.startsWith('#') || url === undefined) {
          return line;
        }
        const served = this.write(`/served/${url.split('/').pop()}`, `${name}\n`);
        if (/\.t(ar\.)?gz$/.test(url)) {
          execFileSync('tar', ['-czf', served, '-C', join(this.root, 'proc'), 'swaps']);
        }
        return `${name} sha256:${createHash('sha256').update(readFileSync(served)).digest('hex')} ${url}`;
      });
    writeFileSync(list, lines.join('\n'));
  }

  public seal(): void {
    this.write('/etc/groundwork/secrets/bootstrap-token', `${TOKEN}\n`);
    this.write('/etc/groundwork/secrets/certificate-key', `${KEY}\n`);
    this.write('/etc/groundwork/secrets/encryption-key', `${ENCRYPTION_KEY}\n`);
    for (const path of [
      'ca.crt',
      'ca.key',
      'etcd/ca.crt',
      'etcd/ca.key',
      'front-proxy-ca.crt',
      'front-proxy-ca.key',
      'sa.key',
      'sa.pub',
    ]) {
      this.write(`/etc/groundwork/secrets/pki/${path}`, `${path}\n`);
    }
  }

  public run(...args: string[]) {
    return this.script('bootstrap', ...args);
  }

  /** Runs one of the scripts among the replaced programs. */
  public script(name: string, ...args: string[]) {
    this.kernel();
    const result = spawnSync(join(this.root, 'usr/local/lib/groundwork', name), args, {
      encoding: 'utf8',
      timeout: 60_000,
      env: {
        PATH: `${this.bin}:${process.env.PATH}`,
        GROUNDWORK_ROOT: this.root,
        TRIAL: this.root,
      },
    });
    return { code: result.status, output: result.stdout + result.stderr };
  }

  public read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8');
  }

  public has(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  public get calls(): string[] {
    return this.has('/calls') ? this.read('/calls').trim().split('\n') : [];
  }

  public stub(name: string, body: string): void {
    const file = this.write(
      `/stubs/${name}`,
      `#!/bin/bash\nprintf '%s\\n' "${name} $*" >> "$TRIAL/calls"\n${body}\n`,
    );
    chmodSync(file, 0o755);
  }

  /** Lets a stub do more. */
  public extend(name: string, body: string): void {
    appendFileSync(join(this.bin, name), `${body}\n`);
  }

  public write(path: string, content: string): string {
    const target = join(this.root, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
    return target;
  }

  /** The program that sets kernel parameters, as the kernel's own files; those that the pattern fits stay. */
  public takesSysctls(except = ''): void {
    this.stub(
      'sysctl',
      `
      for pair in "\${@:3}"; do
        file="$TRIAL/proc/sys/$(printf %s "\${pair%%=*}" | tr . /)"
        case "\${pair%%=*}" in ${except || '-'}) ;; *) [ ! -e "$file" ] || printf '%s\\n' "\${pair#*=}" > "$file" ;; esac
      done`,
    );
  }

  /** Every parameter that is asked for is there, as zero at first, but for those that the pattern fits. */
  private kernel(): void {
    for (const [, key] of this.read('/etc/sysctl.d/zz-groundwork.conf').matchAll(/^(\S+) = /gm)) {
      const file = parameter(key!);
      if (!this.has(file) && !this.absent?.test(key!)) {
        this.write(file, '0\n');
      }
    }
  }

  private stubs(): void {
    const address = {
      'cp-1': '10.20.0.11',
      'cp-2': '10.20.0.12',
      'cp-3': '10.20.0.13',
      'w-1': '10.20.0.21',
    }[this.machine];
    this.stub(
      'uname',
      `case "$1" in -m) echo x86_64 ;; -n) echo ${this.machine} ;; -r) echo 6.1.0-44-cloud-amd64 ;; esac`,
    );
    this.stub('nproc', 'echo 8');
    this.stub('getent', `echo '${address} ${this.machine}'`);
    this.stub('ping', 'exit 0');
    this.stub('stat', 'echo cgroup2fs');
    this.stub('ip', `echo 'eno1 UP ${address}/24 fe80::1/64'`);
    this.stub(
      'modprobe',
      '[ "$1" = -n ] || for m; do case "$m" in -*) ;; *) mkdir -p "$TRIAL/sys/module/$m/parameters" ;; esac; done',
    );
    this.takesSysctls();
    const silent = ['systemctl', 'swapoff', 'apt-get', 'dpkg', 'crictl', 'sleep', 'sync', 'chown'];
    silent.forEach((name) => this.stub(name, 'exit 0'));
    // as the real one: it tells its secrets unless it is told not to
    this.stub(
      'kubeadm',
      `
      if [ "$1" = init ]; then
        case "$*" in *--skip-token-print*) ;; *bootstrap-token* | *kubeadm.conf' --upload-certs'*) cat "$TRIAL/etc/groundwork/secrets/bootstrap-token" ;; esac
        case "$*" in *--skip-certificate-key-print*) ;; *--upload-certs*) cat "$TRIAL/etc/groundwork/secrets/certificate-key" ;; esac
      fi
      case "$1/$2" in init/--config | join/--config)
        mkdir -p "$TRIAL/etc/kubernetes"
        : > "$TRIAL/etc/kubernetes/kubelet.conf" ;;
      esac`,
    );
    this.stub('timedatectl', 'echo yes');
    this.stub('dpkg-query', "printf 'installed\\n'");
    this.stub('containerd', "echo '            SystemdCgroup = true'");
    this.stub(
      'openssl',
      `
      case "$*" in
        *-startdate*) echo 'notBefore=Jan  1 00:00:00 2020 GMT' ;;
        *-checkend*) [ ! -e "$TRIAL/expired" ] ;;
        *-pub*' -in '*) for file; do :; done; file=\${file#*/secrets/}; echo "key of \${file%.*}" ;;
        *) cat > /dev/null; echo 'c0ffee *stdin' ;;
      esac`,
    );
    this.stub('kubectl', '[ -e "$TRIAL/registered" ]');
    this.stub(
      'curl',
      `
      while [ $# -gt 0 ]; do
        case "$1" in --output) shift; out=$1 ;; https://*) url=$1 ;; esac
        shift
      done
      case "$url" in
        */readyz) printf ok ;;
        */cluster-info) [ ! -e "$TRIAL/not-yet" ] || exit 22 ;;
        */livez) host=\${url#https://}; cat "$TRIAL/handshake" 2>/dev/null || printf 0.000000; exit "$(cat "$TRIAL/answers/\${host%%:*}" 2>/dev/null || echo 7)" ;;
        *) cp "$TRIAL/served/\${url##*/}" "$out" ;;
      esac`,
    );
  }
}

/** A sealed machine on which everything works. */
export function ready(
  machine: string,
  changes: Partial<ClusterProps> = {},
  options: NodeBootstrapOptions = {},
): Trial {
  const trial = new Trial(machine, changes, options);
  trial.seal();
  trial.archives();
  trial.stub(
    'kubectl',
    'case "$*" in *" label "* | *" get secrets "*) exit 0 ;; esac; [ -e "$TRIAL/registered" ]',
  );
  return trial;
}
