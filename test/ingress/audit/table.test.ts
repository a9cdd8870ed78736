import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fit, type AnnotationRow } from '../../../lib/ingress/audit/annotation-row';
import { annotationTable } from '../../../lib/ingress/audit/annotations';
import {
  configTable,
  otherConfigKeys,
  wholeNumberKeys,
} from '../../../lib/ingress/audit/config-keys';
import { TARGETS } from '../../../lib/ingress/audit/finding';
import {
  ingressNginxAnnotations,
  ingressNginxKeys,
  nicAnnotations,
  traefikAnnotations,
} from './upstream-names';
import { projectRoot } from '../../support/markdown';

const rows = [...annotationTable.values()];

test('every annotation of ingress-nginx has a row, and no other', () => {
  // The old name of limit-allowlist is read as well.
  expect(rows.map(({ name }) => name).sort()).toEqual(
    [...new Set([...ingressNginxAnnotations, 'limit-whitelist'])].sort(),
  );
});

test('what Traefik takes as it is, it reads; what it cannot say, it does not read', () => {
  const named = (...fits: Fit[]) =>
    rows.filter(({ traefik }) => fits.includes(traefik.fit)).map(({ name }) => name);
  expect(named(Fit.SAME, Fit.DIFFERS).filter((name) => !traefikAnnotations.includes(name))).toEqual(
    [],
  );
  // Read, and without effect: they belong to the WAF that is a plugin.
  const waf = (name: string) => /modsecurity|owasp/.test(name);
  expect(named(Fit.NONE).filter((n) => traefikAnnotations.includes(n) && !waf(n))).toEqual([]);
});

test('names that are given for NGINX Ingress Controller are its own', () => {
  const given = rows.flatMap(({ nic }) => [...nic.by.matchAll(/nginx\.org\/([a-z-]+)/g)]);
  const unknown = given.map(([, name]) => name).filter((name) => !nicAnnotations.includes(name));
  // The type of a Secret, and what later releases have.
  expect([...new Set(unknown)]).toEqual(['htpasswd', 'custom-http-errors']);
});

test('every verdict says what to do, unless there is nothing to do', () => {
  const silent = (row: AnnotationRow) =>
    TARGETS.filter((t) => (row[t].fit === Fit.SAME) !== (row[t].by === ''));
  expect(rows.filter((row) => silent(row).length > 0)).toEqual([]);
});

test('every key of the ConfigMap is known, and no other', () => {
  const known = [...Object.keys(configTable), ...otherConfigKeys];
  expect(known.filter((key, n) => known.indexOf(key) !== n)).toEqual([]);
  expect(ingressNginxKeys.filter((key) => !known.includes(key))).toEqual([]);
  expect([...wholeNumberKeys].filter((key) => !known.includes(key))).toEqual([]);
  expect(known.filter((key) => !ingressNginxKeys.includes(key)).sort()).toEqual([]);
});

test('options that are given for the edge are its own', () => {
  const assembly = ['intent', 'options', 'pod-options'].map((file) =>
    readFileSync(join(projectRoot, 'lib', 'ingress', `${file}.ts`), 'utf8'),
  );
  const options = assembly.flatMap((text) =>
    [...text.matchAll(/readonly (\w+)\??:/g)].map(([, name]) => name),
  );
  const named = Object.values(configTable)
    .filter(({ nic }) => nic.fit === Fit.NAME && !nic.by.startsWith('nginx.org/'))
    .map(({ nic }) => /^\w+/.exec(nic.by)?.[0]);
  expect(named.filter((name) => !options.includes(String(name)))).toEqual([]);
});
