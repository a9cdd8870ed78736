import { spawnSync } from 'node:child_process';
import type { HTMLElement } from 'node-html-parser';
import { RunbookStep } from '../../lib/cluster';
import { exampleNames, runExample } from '../support/examples';
import { parsePage, partOf, tableRows } from '../support/html';
import { tempDir } from '../support/temp-app';

const written = new Map<string, Record<string, string>>();

function filesOf(example: string): Record<string, string> {
  const files = written.get(example) ?? runExample(example, tempDir());
  written.set(example, files);
  return files;
}

function pageOf(example: string): HTMLElement {
  return parsePage(filesOf(example)['report/index.html']!);
}

/** What is between backquotes is shown as something to type. */
function bare(words: string): string {
  return words.replace(/`([^`]+)`/g, '$1');
}

// One example has constructs in an App of cdk8s, which writes no report.
describe.each(exampleNames.filter((name) => name !== 'single-constructs'))(
  'the page of %s',
  (name) => {
    test('needs nothing from anywhere, and runs nothing', () => {
      const page = pageOf(name);
      const loads = page
        .querySelectorAll('[src], link, script, iframe, object, embed, form, img, base')
        .map(({ rawTagName, attributes }) => [rawTagName, attributes]);
      expect(loads).toEqual([['link', { rel: 'icon', href: 'data:,' }]]);
      expect(page.querySelector('style')!.text).not.toMatch(/url\(|@import|@font-face/);
      const handlers = page
        .querySelectorAll('*')
        .flatMap(({ attributes }) => Object.keys(attributes).filter((key) => key.startsWith('on')));
      expect(handlers).toEqual([]);
    });

    test('has links that lead somewhere, and every anchor once', () => {
      const page = pageOf(name);
      const ids = page.querySelectorAll('[id]').map(({ id }) => id);
      expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
      const targets = page.querySelectorAll('a').map((a) => a.getAttribute('href')!);
      expect(targets.length).toBeGreaterThan(20);
      const files = Object.keys(filesOf(name)).map((path) => path.replace('report/', ''));
      const lost = targets.filter((target) =>
        target.startsWith('#')
          ? !ids.includes(target.slice(1))
          : !target.startsWith('https://') && !files.includes(target),
      );
      expect(lost).toEqual([]);
    });

    test('can be found through without eyes: headings in order, tables with captions and heads', () => {
      const page = pageOf(name);
      const levels = page
        .querySelectorAll('h1,h2,h3,h4,h5,h6')
        .map(({ rawTagName }) => Number(rawTagName.slice(1)));
      expect(levels[0]).toBe(1);
      expect(levels.filter((level) => level === 1)).toHaveLength(1);
      levels
        .slice(1)
        .forEach((level, index) => expect(level - levels[index]!).toBeLessThanOrEqual(1));
      for (const table of page.querySelectorAll('table')) {
        expect(table.querySelector('caption')!.text).not.toBe('');
        const widths = table
          .querySelectorAll('tr')
          .map((row) => row.querySelectorAll('th,td').length);
        expect(new Set(widths).size).toBe(1);
      }
      for (const drawing of page.querySelectorAll('svg')) {
        expect(drawing.attributes).toMatchObject({ role: 'img' });
        expect(drawing.getAttribute('aria-label')).toBeTruthy();
      }
    });

    test('has every decision and every finding', () => {
      const files = filesOf(name);
      const page = parsePage(files['report/index.html']!);
      const decisions = files['report/explain.ndjson']!.trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      const rows = partOf(page, 'decisions').querySelectorAll('tbody tr');
      expect(rows.map((row) => row.querySelectorAll('td').map(({ text }) => text))).toEqual(
        decisions.map(({ key, value, upstream, why, source }) => [
          key,
          value === '' ? '(empty)' : value,
          bare(upstream),
          bare(why),
          source,
        ]),
      );
      const found = partOf(page, 'findings').querySelectorAll('.finding');
      const lines = files['report/findings.txt']!.split('\n').filter((line) =>
        /^[a-z]+: GW-/.test(line),
      );
      expect(found.map((one) => one.querySelector('h3')!.text)).toEqual(
        lines.map((line) => line.replace(/^([a-z]+): (\S+) \[([^\]]+)\].*$/, '$1 $2 $3')),
      );
      found.forEach((one, index) => {
        const [message, remedy] = one.querySelectorAll('p').map(({ text }) => text);
        expect(bare(lines[index]!)).toContain(message!.replace(/\.$/, ''));
        expect(bare(lines[index]!)).toContain(
          remedy!.replace('What to do: ', '').replace(/\.$/, ''),
        );
      });
    });

    test('has commands that can be pasted into a shell', () => {
      // The proxies' own words are theirs.
      const typed = pageOf(name)
        .querySelectorAll('[id^=runbook-]:not(#runbook-proxy) pre')
        .map(({ text }) => text);
      expect(typed.length).toBeGreaterThan(15);
      // What stands between angle brackets a shell takes for files, and the second it would empty.
      expect(typed.filter((text) => /<[^(>]*>/.test(text.replace(/'[^']*'/g, '')))).toEqual([]);
      const { status, stderr } = spawnSync('sh', ['-n'], {
        input: typed.join('\n'),
        encoding: 'utf8',
      });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    });

    test('takes in every page that a construct wrote, and Markdown leads there', () => {
      const files = filesOf(name);
      const own =
        /\/(explain\.(md|ndjson)|findings\.(ndjson|sarif|txt)|fetched\.txt|index\.html|report\.md)$/;
      const pages = Object.keys(files).filter(
        (path) => path.startsWith('report/') && !own.test(path),
      );
      if (pages.length === 0) {
        expect(pageOf(name).getElementById('pages')).toBeNull();
        return;
      }
      const part = partOf(pageOf(name), 'pages');
      const summaries = part.querySelectorAll('summary').map(({ text }) => text);
      expect(summaries.sort()).toEqual(pages.map((path) => path.replace('report/', '')).sort());
      for (const path of pages) {
        const file = path.replace('report/', '');
        expect(files['report/report.md']).toContain(`[${file}](${file})`);
      }
    });
  },
);

describe('two sites', () => {
  test('the cluster at a glance', () => {
    expect(tableRows(pageOf('two-sites'), 'The cluster')).toEqual([
      ['what', 'is'],
      ['Kubernetes', 'v1.36.4 on Debian 12, kernel 6.1'],
      ['API', 'https://api.two-sites.example:6443, kube-vip 10.20.0.10'],
      ['Machines', '3 control planes, 3 workers in 2 zones'],
      ['etcd', 'writes while 2 of 3 members agree, so 1 may be away'],
      ['etcd data', '/var/lib/etcd/data, heartbeat 100 ms, election 1000 ms'],
      ['etcd backup', 'none in the spec'],
      [
        'Pod network',
        'Calico v3.32.1, encapsulation IPIPCrossSubnet, BGP on, dataplane Iptables, MTU 1380',
      ],
      ['Pods', '10.244.0.0/16'],
      ['Services', '10.96.0.0/16'],
      ['Service proxy', 'kube-proxy, ipvs mode, scheduler rr, strictARP true'],
      ['DNS', 'NodeLocal DNSCache 1.26.7 on 169.254.20.10; the DNS Service is 10.96.0.10'],
    ]);
  });

  test('the ways, and the drawing that shows them', () => {
    const page = pageOf('two-sites');
    expect(tableRows(page, 'Ways between machines')).toEqual([
      ['way', 'largest packet', 'limited by', 'round trip'],
      ['inside oslo-1', '9000 bytes', 'underlay', '1 ms'],
      ['oslo-1 to trondheim-1', '1400 bytes', 'link oslo-1 - trondheim-1', '8 ms'],
      ['inside trondheim-1', '1500 bytes', 'zone trondheim-1', '1 ms'],
    ]);
    const drawn = partOf(page, 'topology')
      .querySelectorAll('svg text')
      .map(({ text }) => text);
    expect(drawn).toEqual([
      '10.20.0.10:6443',
      'API, kube-vip',
      'oslo-1 · NO',
      '10.20.0.0/24 · MTU 9000',
      ...['oslo-cp-1', '10.20.0.11 · eno1', 'etcd S4EVNX0R1'],
      ...['oslo-cp-2', '10.20.0.12 · eno1', 'etcd S4EVNX0R2'],
      ...['oslo-cp-3', '10.20.0.13 · eno1', 'etcd S4EVNX0R3'],
      ...['oslo-w-1', '10.20.0.21 · eno1'],
      'trondheim-1 · NO',
      '10.30.0.0/24 · MTU 1500',
      ...['trondheim-w-1', '10.30.0.21 · eno1'],
      ...['trondheim-w-2', '10.30.0.22 · eno1'],
      '1400 bytes · 8 ms',
    ]);
  });

  test('the packet path, with the tunnel only between subnets', () => {
    const steps = (title: string) => {
      const part = partOf(pageOf('two-sites'), 'path');
      const heading = part.querySelectorAll('h3').find(({ text }) => text === title)!;
      return heading.nextElementSibling!.querySelectorAll('li b').map(({ text }) => text);
    };
    expect(steps('To another machine of the same subnet, pods of 10.244.0.0/16')).toEqual([
      'eth0 of the pod that sends',
      'cali*',
      'eno1 of oslo-w-1',
      'the network',
      'eno1 of oslo-cp-1',
      'cali*',
      'eth0 of the pod that receives',
    ]);
    expect(steps('To another subnet, in IPIP, pods of 10.244.0.0/16')).toEqual([
      'eth0 of the pod that sends',
      'cali*',
      'tunl0',
      'eno1 of oslo-w-1',
      'the network',
      'eno1 of trondheim-w-1',
      'tunl0',
      'cali*',
      'eth0 of the pod that receives',
    ]);
  });

  test('MTU at every hop, where bytes go, and what is left unused', () => {
    const page = pageOf('two-sites');
    expect(tableRows(page, 'From the wire to the pod').map(([place, mtu]) => [place, mtu])).toEqual(
      [
        ['place', 'MTU'],
        ['network inside oslo-1', '9000'],
        ['network oslo-1 to trondheim-1', '1400'],
        ['network inside trondheim-1', '1500'],
        ['eno1 of oslo-cp-1, oslo-cp-2, oslo-cp-3, oslo-w-1', '9000'],
        ['eno1 of trondheim-w-1, trondheim-w-2', '1500'],
        ['tunl0 of every machine', '1380'],
        ['cali* and eth0 of every pod', '1380'],
      ],
    );
    expect(
      tableRows(page, 'Where the bytes go, with TCP and timestamps, on ways that carry 1400'),
    ).toEqual([
      ['packet', 'made of', 'on the wire', 'left for the program', 'share of the wire'],
      [
        'in IPIP, IPv4',
        'outer IP 20 + IP 20 + TCP 32 + data 1328',
        '1400 bytes',
        '1328 bytes',
        '92.4 %',
      ],
      ['as it is, IPv4', 'IP 20 + TCP 32 + data 1328', '1380 bytes', '1328 bytes', '93.7 %'],
    ]);
    const unused =
      'Wider than pods can use: an interface has one MTU, so the narrowest way counts for all';
    expect(tableRows(page, unused)).toEqual([
      ['way', 'carries', 'pods use', 'left'],
      ['inside oslo-1', '9000 bytes', '1400 bytes', '7600 bytes'],
      ['inside trondheim-1', '1500 bytes', '1400 bytes', '100 bytes'],
    ]);
  });

  test('who reaches whom', () => {
    expect(tableRows(pageOf('two-sites'), 'Who reaches whom')).toEqual([
      ['from', 'to control planes', 'to workers'],
      [
        'anywhere',
        '6443/tcp, 30000-32767/tcp, 30000-32767/udp',
        '30000-32767/tcp, 30000-32767/udp',
      ],
      [
        'machines',
        'IP protocol 4, 179/tcp, 5473/tcp, 9253/tcp, 10250/tcp, 10256/tcp',
        'IP protocol 4, 179/tcp, 5473/tcp, 9253/tcp, 10250/tcp, 10256/tcp',
      ],
      ['control planes', '2379-2380/tcp', 'nothing'],
      [
        'pods',
        '53/tcp, 53/udp, 9253/tcp, 10250/tcp, every port of 10.96.0.0/16',
        '53/tcp, 53/udp, 9253/tcp, 10250/tcp, every port of 10.96.0.0/16',
      ],
    ]);
  });

  test('how much there is of everything', () => {
    const rows = tableRows(pageOf('two-sites'), 'Limits').map(([what, much]) => [what, much]);
    expect(rows).toEqual([
      ['what', 'how much'],
      ['addresses for pods, 10.244.0.0/16', '65,536'],
      ['blocks of /26 in 10.244.0.0/16', '1,024'],
      // Neither the address of the network itself nor the broadcast.
      ['addresses for Services, 10.96.0.0/16', '65,534'],
      [
        'connections tracked on oslo-cp-1, oslo-cp-2, oslo-cp-3, oslo-w-1 and 2 more (8 CPUs, 16 GiB)',
        '524,288',
      ],
      ["etcd's database", '8 GiB'],
      ['user-data of oslo-cp-1', expect.stringMatching(/^1[01]\d KiB$/)],
      ['user-data of oslo-w-1', expect.stringMatching(/^\d\d KiB$/)],
    ]);
  });

  test('the runbook has the names of this cluster', () => {
    const page = pageOf('two-sites');
    const commands = (step: RunbookStep) =>
      partOf(page, `runbook-${step}`)
        .querySelectorAll('pre')
        .flatMap(({ text }) => text.split('\n'));
    expect(commands(RunbookStep.CAPTURE)).toEqual([
      "A='address of the pod that sends'",
      "B='address of the pod that should get it'",
      `tcpdump -nni "$(ip -o route get "$A" | sed 's/.* dev \\([^ ]*\\).*/\\1/')" host "$B"`,
      'tcpdump -nni tunl0 host "$B"',
      `tcpdump -nni eno1 '(ip proto 4 and host 10.30.0.21) or host '"$B"`,
      `tcpdump -nni eno1 '(ip proto 4 and host 10.20.0.21) or host '"$B"`,
      'tcpdump -nni tunl0 host "$B"',
      `tcpdump -nni "$(ip -o route get "$B" | sed 's/.* dev \\([^ ]*\\).*/\\1/')" host "$A"`,
    ]);
    // 1400 less IP and ICMP between machines, 1380 between pods.
    expect(commands(RunbookStep.MTU).slice(0, 4)).toEqual([
      'ping -c 3 -M do -s 1372 10.30.0.21',
      'ping -c 3 -M do -s 1373 10.30.0.21',
      "P='address of a pod on another machine'",
      'ping -c 3 -M do -s 1352 "$P"',
    ]);
    expect(commands(RunbookStep.PROXY)).toContain('ipvsadm -Ln');
    expect(commands(RunbookStep.BOOTSTRAP)).toEqual(
      expect.arrayContaining([
        'cat /var/lib/groundwork/status',
        'tail -n 50 /var/log/groundwork.log',
        'journalctl -u groundwork-bootstrap.service -n 50 --no-pager',
      ]),
    );
    expect(commands(RunbookStep.ETCD_DISK)).toContain('findmnt --target /var/lib/etcd/data');
    expect(commands(RunbookStep.API).slice(0, 4)).toEqual([
      'curl -k -m 3 https://api.two-sites.example:6443/readyz; echo',
      'curl -k -m 3 https://10.20.0.11:6443/readyz; echo',
      'curl -k -m 3 https://10.20.0.12:6443/readyz; echo',
      'curl -k -m 3 https://10.20.0.13:6443/readyz; echo',
    ]);
  });

  test('a step is two taps away: the bar of a phone leads to the symptoms, and those to the steps', () => {
    const page = pageOf('two-sites');
    const bar = page.querySelectorAll('nav.quick a').map((a) => a.getAttribute('href'));
    expect(bar).toEqual(['#glance', '#findings', '#runbook', '#ports']);
    const symptoms = partOf(page, 'runbook').querySelector('table')!;
    expect(symptoms.querySelectorAll('a').map((a) => a.getAttribute('href')!.slice(1))).toEqual(
      Object.values(RunbookStep)
        .filter((step) => step !== RunbookStep.EDGE && step !== RunbookStep.OFFLOAD)
        .map((step) => `runbook-${step}`),
    );
  });

  test('a chapter of a page of etcd is an anchor, and its links lead there', () => {
    const page = pageOf('two-sites');
    const part = partOf(page, 'page-etcd-a-member-is-down');
    expect(part.querySelector('a')!.getAttribute('href')).toBe('#page-etcd-replace-a-member');
    expect(part.querySelector('pre')!.text).toContain('systemctl status kubelet\n');
  });
});

test('an MTU that the spec names is no narrow way', () => {
  const page = pageOf('article-2019');
  expect(tableRows(page, 'From the wire to the pod').slice(-1)).toEqual([
    [
      'cali* and eth0 of every pod',
      '1440',
      'one size for all pods, which the spec names; 1500 would fit',
    ],
  ]);
  expect(partOf(page, 'mtu').text).not.toContain('Wider than pods can use');
});

test('the edge has its numbers, and its own step', () => {
  const page = pageOf('oslo');
  expect(tableRows(page, 'Limits')).toContainEqual([
    'slow connections a second that the edge bears (R*)',
    '409 a replica, 818 in all',
    'what a replica has room for, connections or memory, shared by the 10 s that a client may take for its header; 2 replicas',
  ]);
  expect(partOf(page, `runbook-${RunbookStep.EDGE}`).text).toContain(
    'kubectl -n nginx-ingress get pods',
  );
});

test('packets on a bridge pass it once on each machine', () => {
  const list = partOf(pageOf('flannel'), 'path').querySelectorAll('ol')[1]!;
  expect(list.querySelectorAll('b').map(({ text }) => text)).toEqual([
    'eth0 of the pod that sends',
    'veth*',
    'cni0',
    'flannel.1',
    'ens3 of worker-1',
    'the network',
    'ens3 of cp-1',
    'flannel.1',
    'cni0',
    'veth*',
    'eth0 of the pod that receives',
  ]);
});
