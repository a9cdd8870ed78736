import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KubeProxyMode } from '../../lib';
import { collectorFiles } from '../../lib/doctor/collectors';
import { readRecordings } from '../../lib/doctor/protocol';
import { tempDir } from '../support/temp-app';
import { said } from './doctor';

// The scripts with stand-ins for programs, where the real ones would need a sick machine or another image.

/** What a collector prints; a stand-in is the text of a shell script. */
function run(collector: string, args: readonly string[], programs: Record<string, string>): string {
  const dir = tempDir();
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(dir, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(dir, name), 0o755);
  }
  const script = join(dir, 'script.sh');
  writeFileSync(script, collectorFiles()[`${collector}.sh`]!);
  const { stdout, stderr, status } = spawnSync('sh', [script, ...args], {
    encoding: 'utf8',
    env: { PATH: `${dir}:${process.env.PATH}`, NODE_NAME: 'cp-1', STATE: dir },
  });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  expect(readRecordings(stdout)[0]).toMatchObject({ collector, complete: true });
  return stdout;
}

describe('proxy', () => {
  const RULES =
    "printf '%s\\n' '*nat' '-A KUBE-SVC-X -j KUBE-SEP-X' '-A KUBE-SEP-X -j DNAT' COMMIT";
  const all = {
    curl: 'exit 7',
    ip: 'exit 1',
    'iptables-nft-save': RULES,
    'ip6tables-nft-save': 'true',
    'iptables-legacy-save': 'true',
    'ip6tables-legacy-save': 'true',
    nft: 'exit 0',
  };
  const rules = (programs: Record<string, string>, proxyMode = KubeProxyMode.IPTABLES) =>
    said(run('proxy', [], programs), 'DOC-PROXY-RULES', { proxyMode });

  test('rules are counted, and a list that is empty is one', () => {
    const text = run('proxy', [], all);
    expect(text).toContain('\niptables.nft\tsvc=1 sep=1 services=0 rules=2\n');
    expect(text).toContain('\niptables.legacy\tsvc=0 sep=0 services=0 rules=0\nip6tables.legacy\t');
    expect(text).toContain('\nnft\tlisted\n');
    expect(rules(all)).toEqual(['pass: 2 rules of iptables mode, and none of another']);
  });

  test('a program that fails half-way has counted nothing', () => {
    const half = { ...all, 'iptables-nft-save': `${RULES}; exit 1` };
    expect(run('proxy', [], half)).not.toContain('\niptables.nft\t');
    expect(rules(half)).toEqual(['unknown: not measured: iptables-nft-save not there']);
    const denied = { ...all, nft: 'exit 1' };
    expect(rules(denied)).toEqual(['unknown: not measured: nft list tables not there']);
  });

  test('what says 404 at the port of kube-proxy is no mode', () => {
    const curl = `case " $* " in *' -sf '* | *' --fail '*) exit 22 ;; *) echo '404 page not found' ;; esac`;
    expect(run('proxy', [], { ...all, curl })).not.toMatch(/^mode\t/m);
  });

  const map = (...elements: string[]) => {
    const lines = [
      'table ip kube-proxy {',
      '\tmap service-ips {',
      '\t\ttype ipv4_addr . inet_proto . inet_service : verdict',
      '\t\tcomment "ClusterIP, ExternalIP and LoadBalancer IP traffic"',
      ...(elements.length === 0 ? [] : [`\t\telements = { ${elements.join(',\n\t\t\t     ')} }`]),
      '\t}',
      '}',
    ];
    const answers: Array<[string, string]> = [
      ['list tables', 'table ip kube-proxy'],
      ['list table ip kube-proxy', lines.join('\n')],
      ['list map ip kube-proxy service-ips', lines.join('\n')],
    ];
    const cases = answers.map(([asked, text]) => `'${asked}') printf '%s\\n' '${text}' ;;`);
    const nft = `case "$*" in ${cases.join('\n')} *) exit 1 ;; esac`;
    return { ...all, 'iptables-nft-save': 'true', nft };
  };

  test('the line with the type of a map is no Service', () => {
    const { NFTABLES } = KubeProxyMode;
    expect(rules(map(), NFTABLES)).toEqual([
      'fail: kube-proxy has written no rules of nftables mode',
    ]);
    const elements = [
      '10.96.0.10 . udp . 53 : goto service-A',
      '10.96.0.1 . tcp . 443 : goto service-B',
    ];
    expect(rules(map(...elements), NFTABLES)).toEqual([
      'pass: 2 Services of nftables mode, and none of another',
    ]);
  });
});

test('etcd is asked at the loopback address that it has', () => {
  const curl = `
    for url; do :; done
    [ "$url" = 'http://[::1]:2381/metrics' ] || exit 7
    echo 'etcd_server_has_leader 1'`;
  const text = run('etcd-metrics', ['0'], { curl });
  expect(text).toContain('before\tetcd_server_has_leader 1\nafter\tetcd_server_has_leader 1\n');
  expect(run('etcd-metrics', ['300'], { curl: 'exit 7' })).toContain(
    'missing\tmetrics of etcd at port 2381\n',
  );
});

test('every question of arping is a broadcast, or a second owner is not asked', () => {
  const text = run('arp', ['eno1', '10.20.0.10'], { arping: 'echo "asked $*"' });
  expect(text).toContain('arping\tasked -b -c 3 -w 4 -I eno1 10.20.0.10\n');
});

test('a size that is that of the interface as well is sent once', () => {
  const ping = 'echo "3 packets transmitted, 3 received, 0% packet loss"';
  const sizes = (mtu: string, ...args: string[]) =>
    run('df-probe', args, { ping, ip: 'echo "10.0.0.2 dev lo src 10.0.0.1"', cat: `echo ${mtu}` })
      .split('\n')
      .filter((line) => line.startsWith('size\t'))
      .map((line) => Number(line.split(' ')[1]));
  expect(sizes('1500', 'b=10.0.0.2=1500,device')).toEqual([100, 1500]);
  expect(sizes('9000', 'b=10.0.0.2=1500,device')).toEqual([100, 1500, 9000]);
  expect(sizes('1500', 'b=10.0.0.2=1500,device', 'c=10.0.0.3=1500')).toEqual([
    100, 1500, 100, 1500,
  ]);
});

test('a busybox without nslookup asks nothing', () => {
  const args = ['10.96.0.10', 'a.example.', '2', '3'];
  const busybox = (body: string) => run('dns-storm', args, { busybox: body, conntrack: 'exit 1' });
  const none = busybox('[ "$1" = nslookup ] && exit 127');
  expect(none).toContain('missing\tnslookup of busybox\n');
  expect(none).not.toContain('\nworker\t');
  expect(busybox('exit 1').match(/^worker\t3 0 3 \d+$/gm)).toHaveLength(2);
});

test('the load on the CPU ends with the script, however that ends', async () => {
  const script = join(tempDir(), 'counters.sh');
  writeFileSync(script, collectorFiles()['counters.sh']!);
  const shell = spawn('sh', [script, '60', 'burn'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const read = (pid: string, file: string) => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, 'utf8');
    } catch {
      return '';
    }
  };
  const children = () =>
    readdirSync('/proc').filter(
      (pid) => read(pid, 'stat').split(') ')[1]?.split(' ')[1] === String(shell.pid),
    );
  await new Promise<void>((resolve) => shell.stdout.once('data', () => setTimeout(resolve, 2000)));
  const all = children();
  const burners = all.filter((pid) => read(pid, 'cmdline').includes('while '));
  const others = all.filter((pid) => !burners.includes(pid));
  shell.kill('SIGKILL');
  others.forEach((pid) => process.kill(Number(pid)));
  await new Promise((resolve) => shell.once('exit', () => setTimeout(resolve, 2000)));
  expect(burners.length).toBeGreaterThan(0);
  expect(burners.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
});
