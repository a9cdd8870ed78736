import { ingressOf, lines, NIC, objects, rules, short, TRAEFIK, GATEWAY } from './support';

const regex = ingressOf(
  'api',
  { 'use-regex': 'true' },
  rules('a.example', { '/v[0-9]+/.*': 'ImplementationSpecific' }),
);
const of = (id: string, given: object[], targets?: any[]) =>
  lines(given, targets).filter((line) => line.includes(`GW-AUDIT-${id} `));

describe('paths', () => {
  test('010 and 011: one Ingress makes regular expressions of all paths of its hosts', () => {
    const web = ingressOf(
      'web',
      {},
      rules('a.example', { '/': 'Prefix', '/Shop': 'Prefix', '/login': 'Exact' }),
    );
    expect(of('010', [regex, web])).toEqual([
      'warning GW-AUDIT-010 [Ingress shop/web] spec.rules[0]: paths /Shop, /login of a.example are regular expressions without regard to case or end, because of Ingress shop/api; nic: decide what is meant; nginx.org/path-regex: case_insensitive keeps it; gateway: decide what is meant; paths tell capitals from small letters there (nic, gateway)',
    ]);
    expect(of('011', [regex, web])).toEqual([
      'warning GW-AUDIT-011 [Ingress shop/web] spec.rules[0]: Exact paths /login of a.example match all that begins with them, because of Ingress shop/api; where that is used, make them Prefix; after the move they match themselves only (nic, gateway, traefik)',
    ]);
    const elsewhere = ingressOf('web', {}, rules('b.example', { '/login': 'Exact' }));
    expect(of('01.', [regex, elsewhere])).toEqual([]);
  });

  test('010: rewrite-target does it as well', () => {
    const rewrite = ingressOf(
      'r',
      { 'rewrite-target': '/' },
      rules('a.example', { '/x': 'Prefix' }),
    );
    const web = ingressOf('web', {}, rules('a.example', { '/y': 'Prefix' }));
    expect(of('010', [rewrite, web])).toHaveLength(1);
  });

  test('010 and 016: every spelling of true that ingress-nginx reads', () => {
    const web = ingressOf('web', {}, rules('a.example', { '/y/': 'Prefix' }));
    for (const word of ['True', '1', 't', 'TRUE']) {
      const loud = ingressOf('r', { 'use-regex': word }, rules('a.example', { '/x/': 'Prefix' }));
      expect(of('010', [loud, web])).toHaveLength(1);
      const canary = ingressOf('c', { canary: word }, rules('a.example', { '/y/': 'Prefix' }));
      expect(of('016', [web, canary])).toEqual([]);
    }
    const off = ingressOf('r', { 'use-regex': 'False' }, rules('a.example', { '/x/': 'Prefix' }));
    expect(of('010', [off, web])).toEqual([]);
  });

  test('012: groups that are not there', () => {
    const rewrite = (target: string, path: string) =>
      of('012', [
        ingressOf(
          'r',
          { 'rewrite-target': target },
          rules('a.example', { [path]: 'ImplementationSpecific' }),
        ),
      ]);
    expect(rewrite('/$2', '/x(/|$)(.*)')).toEqual([]);
    expect(rewrite('/$1', '/x(?:/|$)(.*)')).toEqual([]);
    expect(rewrite('/$1', '/x(?<rest>.*)')).toEqual([]);
    expect(rewrite('/$1', '/x\\(.*')).toHaveLength(1);
    expect(rewrite('/$2', '/x/(.*)')).toEqual([
      'warning GW-AUDIT-012 [Ingress shop/r] spec.rules[0].http.paths[0].path: rewrite-target has $2, /x/(.*) has 1 groups; what is missing is empty; write the group into the path, or leave it out of rewrite-target (nic, gateway, traefik)',
    ]);
  });

  test('014 and 015: what a path without regular expressions matches', () => {
    const given = [
      ingressOf(
        'a',
        {},
        rules('a.example', {
          '/': 'Prefix',
          '/api': 'Prefix',
          '/b/': 'Prefix',
          '/c': 'ImplementationSpecific',
          '/d': 'Exact',
        }),
      ),
    ];
    expect(lines(given)).toEqual([
      'warning GW-AUDIT-015 [Ingress shop/a] spec.rules[0]: paths /c of a.example are ImplementationSpecific: today /c gets /cx, afterwards it does not; make them Prefix or Exact, and name the longer ones that are used (gateway, traefik)',
      'note    GW-AUDIT-014 [Ingress shop/a] spec.rules[0]: Prefix paths /api of a.example match longer names too: /api gets /apix; end the path with / and add an Exact one where the longer name must not match (nic)',
    ]);
  });

  test('016: one path in two places; a canary is no second place', () => {
    const a = ingressOf('a', {}, rules('a.example', { '/x/': 'Prefix' }));
    const b = ingressOf('b', {}, rules('A.example', { '/x/': 'Prefix' }));
    expect(of('016', [b, a])).toEqual([
      'error   GW-AUDIT-016 [Ingress shop/b] spec.rules[0].http.paths[0].path: Prefix /x/ of a.example is in Ingress shop/a too; today the older one gets all of it; keep one of the two (nic, gateway, traefik)',
    ]);
    const canary = ingressOf('b', { canary: 'true' }, rules('a.example', { '/x/': 'Prefix' }));
    expect(short([a, canary]).filter((line) => /^(016|020)/.test(line))).toEqual([]);
  });

  test.each(['/a;b', '/a"', '/a{b}', '/a b', '/a\n', '/a#'])('002: %j ends a directive', (path) => {
    const given = [ingressOf('a', {}, rules('a.example', { [path]: 'Exact' }))];
    expect(short(given)).toEqual([
      '002 error spec.rules[0].http.paths[0].path nic,gateway,traefik',
    ]);
  });

  test.each(['/[A-Z]{3}', '/x{2,}', '/\\d+'])('002: %s is a regular expression', (path) => {
    expect(of('002', [ingressOf('a', {}, rules('a.example', { [path]: 'Exact' }))])).toEqual([]);
  });

  test.each(['//a', '/a/../b', 'a', '/..'])('018: %s', (path) => {
    expect(short([ingressOf('a', {}, rules('a.example', { [path]: 'Exact' }))])).toEqual([
      '018 error spec.rules[0].http.paths[0].path nic',
    ]);
  });
});

describe('hosts', () => {
  const root = (host: string) => rules(host, { '/': 'Prefix' });

  test('020: only the oldest Ingress of a host is served', () => {
    const given = [
      ingressOf('a', {}, root('a.example')),
      ingressOf('b', {}, rules('a.example', { '/b/': 'Prefix' })),
    ];
    expect(lines(given)).toEqual([
      'error   GW-AUDIT-020 [Ingress shop/a] host a.example: a.example is in Ingress shop/b too: only the oldest of them is served; put them into one Ingress, or make one the master and the others minions with nginx.org/mergeable-ingress-type (nic)',
      'error   GW-AUDIT-020 [Ingress shop/b] host a.example: a.example is in Ingress shop/a too: only the oldest of them is served; put them into one Ingress, or make one the master and the others minions with nginx.org/mergeable-ingress-type (nic)',
    ]);
  });

  test('020: a master and its minions are one', () => {
    const part = (name: string, type: string, paths = {}) =>
      ingressOf(name, { 'nginx.org/mergeable-ingress-type': type }, rules('a.example', paths));
    const minions = [
      part('b', 'minion', { '/b/': 'Prefix' }),
      part('c', 'minion', { '/c/': 'Prefix' }),
    ];
    const about = (given: object[]) => of('020', given).map((line) => line.split('] ')[0]);
    const found = (...names: string[]) =>
      names.map((name) => `error   GW-AUDIT-020 [Ingress shop/${name}`);
    expect(about([part('a', 'master'), ...minions])).toEqual([]);
    expect(about(minions)).toEqual(found('b', 'c'));
    expect(about([part('a', 'master'), part('d', 'master'), ...minions])).toEqual(
      found('a', 'b', 'c', 'd'),
    );
    const plain = ingressOf('e', {}, rules('a.example', { '/e/': 'Prefix' }));
    expect(about([part('a', 'master'), minions[0], plain])).toEqual(found('a', 'b', 'e'));
  });

  test('021 and 024: no host, and hosts with a star', () => {
    expect(lines([ingressOf('a', {}, root(''))])).toEqual([
      'error   GW-AUDIT-021 [Ingress shop/a] spec.rules[0].host: a rule without a host is refused, and the whole Ingress with it; name the hosts (nic)',
    ]);
    expect(lines([ingressOf('a', {}, root('*.a.example'))])).toEqual([
      'warning GW-AUDIT-024 [Ingress shop/a] spec.rules[0].host: *.a.example matches one label today, and any number of them afterwards; name the hosts where a.b below it must not be served (nic, gateway)',
    ]);
  });

  test('022 and 023: default backends', () => {
    const defaultBackend = { service: { name: 'x', port: { number: 80 } } };
    expect(lines([ingressOf('a', {}, { defaultBackend })])).toEqual([
      'error   GW-AUDIT-022 [Ingress shop/a] spec.defaultBackend: an Ingress with a default backend and no rules is refused; nic: name the hosts in rules; gateway: an HTTPRoute without hostnames (nic, gateway)',
    ]);
    expect(lines([ingressOf('a', {}, { ...root('a.example'), defaultBackend })])).toEqual([
      'warning GW-AUDIT-023 [Ingress shop/a] spec.defaultBackend: the default backend takes what no path matches; give the HTTPRoute a last rule for / with that Service (gateway)',
    ]);
  });

  test('025 and 029: what is refused as a whole', () => {
    const rule = {
      host: 'a.example',
      http: {
        paths: [{ path: '/', pathType: 'Prefix', backend: { resource: { kind: 'Bucket' } } }],
      },
    };
    const other = {
      host: 'a.example',
      http: { paths: [{ path: '/b/', pathType: 'Prefix', backend: {} }] },
    };
    expect(lines([ingressOf('a', {}, { rules: [rule, other] })])).toEqual([
      'error   GW-AUDIT-025 [Ingress shop/a] spec.rules[1].host: a.example has two rules; the whole Ingress is refused; put its paths into one rule (nic)',
      'error   GW-AUDIT-029 [Ingress shop/a] spec.rules[0].http.paths[0].backend.resource: a backend that is no Service is refused, and the whole Ingress with it; name a Service (nic)',
    ]);
  });

  test('026 and 027: certificates', () => {
    const tls = (entry: object) => [ingressOf('a', {}, { ...root('a.example'), tls: [entry] })];
    expect(lines(tls({ hosts: ['a.example'] }))).toEqual([
      'error   GW-AUDIT-026 [Ingress shop/a] spec.tls[0].secretName: a.example have the default certificate of ingress-nginx today; name a Secret; without one the handshake ends, or a self-signed one answers (nic, gateway, traefik)',
    ]);
    expect(lines(tls({ secretName: 'x' }))).toEqual([
      'error   GW-AUDIT-027 [Ingress shop/a] spec.tls[0].hosts: a certificate without hosts is not used; name the hosts (nic, gateway)',
    ]);
    expect(short(tls({ hosts: ['a.example'], secretName: 'x' }))).toEqual([]);
  });
});

describe('classes', () => {
  const spec = rules('a.example', { '/': 'Prefix' });

  test('030 and 031: no class, and the annotation of old', () => {
    expect(lines([ingressOf('a', {}, { ...spec, ingressClassName: undefined })])).toEqual([
      'warning GW-AUDIT-030 [Ingress shop/a] spec.ingressClassName: no class is named: the default class serves it, or who watches for such; name the class, then change it when this Ingress moves (nic, gateway, traefik)',
    ]);
    const old = { 'kubernetes.io/ingress.class': 'nginx' };
    expect(lines([ingressOf('a', old, { ...spec, ingressClassName: undefined })])).toEqual([
      'warning GW-AUDIT-031 [Ingress shop/a] kubernetes.io/ingress.class: the annotation names nginx; it is obsolete since Kubernetes 1.18; name the class in spec.ingressClassName and delete the annotation (nic, gateway, traefik)',
    ]);
    expect(lines([ingressOf('a', old, { ...spec, ingressClassName: 'edge' })])).toEqual([
      'error   GW-AUDIT-031 [Ingress shop/a] kubernetes.io/ingress.class: the annotation names nginx, the field edge; ingress-nginx and Traefik go by the field, NGINX Ingress Controller by the annotation; name the class in spec.ingressClassName and delete the annotation (nic, gateway, traefik)',
    ]);
  });

  const classes = objects(`
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: nginx, annotations: {ingressclass.kubernetes.io/is-default-class: "true"}}
spec: {controller: k8s.io/ingress-nginx}
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: edge, annotations: {ingressclass.kubernetes.io/is-default-class: "true"}}
spec: {controller: nginx.org/ingress-controller}
`);

  test('032 to 034: the class itself', () => {
    expect(lines(classes)).toEqual([
      'error   GW-AUDIT-034 [IngressClass nginx] ingressclass.kubernetes.io/is-default-class: IngressClass edge is the default class too; the API server takes no Ingress without a class then; leave one default (nic, gateway, traefik)',
      'warning GW-AUDIT-032 [IngressClass nginx] spec.controller: class nginx belongs to ingress-nginx, and spec.controller cannot be changed; give the new controller a class of another name, and move one Ingress after the other (nic)',
      'warning GW-AUDIT-033 [IngressClass nginx] ingressclass.kubernetes.io/is-default-class: class nginx is the default: a new Ingress without a class still goes to ingress-nginx; take the mark away before anything moves (nic, gateway, traefik)',
    ]);
  });

  test('what belongs to another controller is passed over', () => {
    const moved = ingressOf('a', { 'auth-url': 'x' }, { ...spec, ingressClassName: 'edge' });
    expect(short([classes[1], moved])).toEqual([]);
    expect(short([moved])).not.toEqual([]);
    const unnamed = ingressOf('a', {}, { ...spec, ingressClassName: undefined });
    expect(short([classes[1], unnamed])).toEqual([]);
    expect(short([classes[0], unnamed]).join()).toContain('030 warning');
  });

  test('035: an API of old', () => {
    expect(lines([{ ...ingressOf('a', {}, spec), apiVersion: 'extensions/v1beta1' }])).toEqual([
      'error   GW-AUDIT-035 [Ingress shop/a] apiVersion: extensions/v1beta1 is not served since Kubernetes 1.22; write networking.k8s.io/v1, with pathType and backend.service (nic, gateway, traefik)',
    ]);
  });
});

describe('certificates that renew', () => {
  const spec = rules('a.example', { '/': 'Prefix' });

  test('040 and 041: the Ingress of a challenge, and the one it is for', () => {
    const solver: any = ingressOf(
      'cm-acme-http-solver-x',
      { 'whitelist-source-range': '0.0.0.0/0,::/0' },
      rules('a.example', { '/.well-known/acme-challenge/t': 'ImplementationSpecific' }),
    );
    solver.metadata.labels = { 'acme.cert-manager.io/http01-solver': 'true' };
    const web = ingressOf('web', { 'cert-manager.io/cluster-issuer': 'le' }, spec);
    expect(lines([solver, web])).toEqual([
      'error   GW-AUDIT-040 [Ingress shop/cm-acme-http-solver-x] acme.cert-manager.io/http01-solver: cert-manager answers a challenge here; where another Ingress has the host, this one is not served; let it finish before anything moves, and set acme.cert-manager.io/http01-edit-in-place on the Ingress of the host (nic)',
      'warning GW-AUDIT-041 [Ingress shop/web] cert-manager.io/cluster-issuer: cert-manager renews the certificate through this Ingress; nic: set acme.cert-manager.io/http01-edit-in-place: "true", or the Ingress of a challenge finds its host taken; gateway: put the annotation on the Gateway (nic, gateway)',
    ]);
    const inPlace = {
      'cert-manager.io/issuer': 'le',
      'acme.cert-manager.io/http01-edit-in-place': 'true',
    };
    expect(short([ingressOf('web', inPlace, spec)])).toEqual([
      '041 warning cert-manager.io/issuer gateway',
    ]);
  });

  test('042: solvers that name the old class', () => {
    const issuer = (ingress: string) =>
      objects(`
apiVersion: cert-manager.io/v1
kind: ClusterIssuer
metadata: {name: le}
spec: {acme: {solvers: [{dns01: {}}, {http01: {ingress: ${ingress}}}]}}
`);
    expect(lines(issuer('{ingressClassName: nginx}'))).toEqual([
      'error   GW-AUDIT-042 [ClusterIssuer le] spec.acme.solvers[1].http01.ingress: challenges go to nginx; hosts that have moved are not reached there; nic, traefik: a second solver with the new class and a selector for the hosts that have moved; gateway: a solver with http01.gatewayHTTPRoute (nic, gateway, traefik)',
    ]);
    expect(lines(issuer('{class: old}'), [NIC])[0]).toContain('challenges go to old;');
    expect(lines(issuer('{}'), [NIC])[0]).toContain('challenges go to the default class;');
  });
});

describe('the ConfigMap', () => {
  const map = (data: object, name = 'ingress-nginx-controller', labels = {}) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'ingress-nginx', labels },
    data,
  });

  test('keys of the 2019 article', () => {
    const seed = {
      'proxy-body-size': '20m',
      'proxy-connect-timeout': '10',
      'proxy-read-timeout': '120',
      'proxy-send-timeout': '120',
      'worker-processes': 'auto',
      'upstream-keepalive-connections': '32',
    };
    expect(lines([map(seed, 'nginx-configuration')], [NIC])).toEqual([
      'warning GW-AUDIT-053 [ConfigMap ingress-nginx/nginx-configuration] proxy-body-size: "20m" is said elsewhere; clientMaxBodySize (nic)',
      'warning GW-AUDIT-053 [ConfigMap ingress-nginx/nginx-configuration] proxy-connect-timeout: "10" is said elsewhere; upstreamTimeouts.connect (nic)',
      'warning GW-AUDIT-053 [ConfigMap ingress-nginx/nginx-configuration] proxy-read-timeout: "120" is said elsewhere; upstreamTimeouts.read (nic)',
      'warning GW-AUDIT-053 [ConfigMap ingress-nginx/nginx-configuration] proxy-send-timeout: "120" is said elsewhere; upstreamTimeouts.send (nic)',
      'warning GW-AUDIT-053 [ConfigMap ingress-nginx/nginx-configuration] upstream-keepalive-connections: "32" is said elsewhere; upstreamKeepalive, for each upstream instead of for all (nic)',
      'warning GW-AUDIT-053 [ConfigMap ingress-nginx/nginx-configuration] worker-processes: "auto" is said elsewhere; workerProcesses (nic)',
    ]);
  });

  test('050 to 056: snippets, unknown keys, values that are thrown away, and trust', () => {
    const data = {
      'http-snippet': 'x;',
      'proxy-body-sise': '1m',
      'gzip-level': '5',
      'keep-alive': '75s',
      'use-forwarded-headers': 'true',
      'block-cidrs': '192.0.2.0/24',
      toString: 'x',
    };
    expect(lines([map(data)], [NIC])).toEqual([
      'error   GW-AUDIT-050 [ConfigMap ingress-nginx/ingress-nginx-controller] http-snippet: "x;" is said elsewhere; a typed option of the edge, or httpSnippets and mainSnippets (nic)',
      'error   GW-AUDIT-055 [ConfigMap ingress-nginx/ingress-nginx-controller] proxy-real-ip-cidr: use-forwarded-headers with 0.0.0.0/0: every client chooses the address it is known by; name the proxies in front of the edge, today and after the move (nic)',
      'error   GW-AUDIT-056 [ConfigMap ingress-nginx/ingress-nginx-controller] block-cidrs: "192.0.2.0/24" cannot be said there; use a firewall (nic)',
      'warning GW-AUDIT-051 [ConfigMap ingress-nginx/ingress-nginx-controller] proxy-body-sise: proxy-body-sise is no key of ingress-nginx 1.15, which says nothing and ignores it; correct its name, or delete it (nic)',
      'warning GW-AUDIT-051 [ConfigMap ingress-nginx/ingress-nginx-controller] toString: toString is no key of ingress-nginx 1.15, which says nothing and ignores it; correct its name, or delete it (nic)',
      'warning GW-AUDIT-053 [ConfigMap ingress-nginx/ingress-nginx-controller] keep-alive: "75s" is said elsewhere; clientTimeouts.keepalive (nic)',
      'warning GW-AUDIT-053 [ConfigMap ingress-nginx/ingress-nginx-controller] use-forwarded-headers: "true" is said elsewhere; realIp: RealIp.fromProxies (nic)',
      'warning GW-AUDIT-054 [ConfigMap ingress-nginx/ingress-nginx-controller] keep-alive: "75s" is no whole number, so ingress-nginx takes its default today; decide which of the two is meant, and move that one (nic)',
      'note    GW-AUDIT-052 [ConfigMap ingress-nginx/ingress-nginx-controller] gzip-level: "5" has no counterpart that is looked up here; leave it out, and look it up where something depends on it (nic)',
    ]);
    const trusted = { 'use-proxy-protocol': 'true', 'proxy-real-ip-cidr': '192.0.2.0/28' };
    expect(short([map(trusted)]).filter((line) => line.startsWith('055'))).toEqual([]);
  });

  test('057: streams, and ConfigMaps of others', () => {
    expect(lines([map({ '5432': 'db/pg:5432' }, 'tcp-services')], [TRAEFIK])).toEqual([
      'error   GW-AUDIT-057 [ConfigMap ingress-nginx/tcp-services] 5432: port 5432 goes to "db/pg:5432", which no Ingress says; a Service of its own, or an entry point with an IngressRouteTCP (traefik)',
    ]);
    expect(short([map({ a: 'b' }, 'kube-root-ca.crt')])).toEqual([]);
    const labelled = map({ a: 'b' }, 'own', { 'app.kubernetes.io/name': 'ingress-nginx' });
    expect(short([labelled], [GATEWAY])).toEqual(['051 warning a gateway']);
  });
});
