import { edgeControllerList, edgeControllers, nginxAdvisories } from '../../lib/catalog';
import {
  brokenRelease,
  bundledNginx,
  cleanRelease,
  controllerRelease,
  edgeRelease,
  openAdvisories,
  openControllerAdvisories,
  repairedRelease,
} from '../../lib/ingress/release';
import { edge } from './edge';
import '../../lib/testing/jest';

test.each([
  ['docker.io/nginx/nginx-ingress:5.5.4', 'NGINX Ingress Controller', '5.5.4'],
  ['mirror:5000/a/nginx-ingress:v5.6.1-ubi@sha256:00', 'NGINX Ingress Controller', '5.6.1'],
  ['ghcr.io/nginx/kubernetes-ingress:5.5.4-alpine', 'NGINX Ingress Controller', '5.5.4'],
  ['ghcr.io/nginx/nginx-gateway-fabric:2.6.7', 'NGINX Gateway Fabric', '2.6.7'],
  ['ghcr.io/nginx/nginx-gateway-fabric/nginx:2.6.7', 'NGINX Gateway Fabric', '2.6.7'],
  ['registry.k8s.io/ingress-nginx/controller:v1.15.1', 'ingress-nginx or a fork of it', '1.15.1'],
  [
    'ghcr.io/forkline/ingress-nginx/controller:2026.8.21',
    'ingress-nginx or a fork of it',
    '2026.8.21',
  ],
  ['docker.io/library/traefik:v3.7.13', 'Traefik', '3.7.13'],
  ['traefik:v3.7.13@sha256:00', 'Traefik', '3.7.13'],
])('%s is %s %s', (image, label, release) => {
  expect(edgeRelease(image)?.controller.label).toBe(label);
  expect(controllerRelease(image)).toBe(release);
});

test.each([
  'nginx/nginx-ingress@sha256:00',
  'example.no/my-edge:5.6.0',
  'docker.io/library/traefik:v3.7',
  'example.no/not-traefik:3.7.13',
  // Rebuilt by others, with another nginx.
  'rancher/nginx-ingress-controller:v1.14.5-hardened3',
  'example.no/ingress-nginx/controller:v1.15.5-chainguard',
  '',
])('nothing is known of %j', (image) => {
  expect(edgeRelease(image)).toBeUndefined();
  expect(bundledNginx(image)).toBeUndefined();
  expect(brokenRelease(image)).toBeUndefined();
});

test('advisories are those of the line a version is of, and of what that version has', () => {
  const all = nginxAdvisories.value.flatMap(({ ids }) => ids);
  expect(openAdvisories('1.31.9')).toEqual({ fixedIn: undefined, ids: [], meanwhile: [] });
  expect(openAdvisories('1.30.7').ids).toEqual([]);
  expect(openAdvisories('1.32.0').ids).toEqual([]);
  expect(openAdvisories('1.31.8')).toMatchObject({
    fixedIn: '1.31.9',
    ids: nginxAdvisories.value.at(-1)?.ids,
  });
  expect(openAdvisories('1.30.4').fixedIn).toBe('1.30.7');
  expect(openAdvisories('1.30.1').ids).not.toContain('CVE-2026-42530');
  expect(openAdvisories('1.31.1').ids).toContain('CVE-2026-42530');
  // 1.28.3 has the fixes of its own line, and none that came when the line had ended.
  expect(openAdvisories('1.28.3').ids).not.toContain('CVE-2026-32647');
  expect(openAdvisories('1.28.3').ids).toContain('CVE-2026-42945');
  expect(openAdvisories('1.27.1').ids).toEqual(
    all.filter((id) => !['CVE-2026-28755', 'CVE-2026-42926', 'CVE-2026-42530'].includes(id)),
  );
});

test('a hole is closed in each minor that was repaired', () => {
  const { ingressNginx, nic } = edgeControllers;
  const open = (release: string) =>
    openControllerAdvisories(ingressNginx, release).flatMap(({ ids }) => ids);
  expect(open('1.15.1')).toEqual([]);
  expect(open('1.13.9')).toEqual([]);
  expect(open('1.13.8')).toEqual(['CVE-2026-4342']);
  expect(open('1.14.4')).toEqual(['CVE-2026-4342']);
  expect(open('1.12.8')).toContain('CVE-2026-3288');
  expect(open('1.12.8')).not.toContain('CVE-2025-1974');
  expect(open('2026.8.21')).toEqual([]);
  expect(repairedRelease({ controller: ingressNginx, release: '1.13.7' })).toBe('1.13.9');
  expect(repairedRelease({ controller: ingressNginx, release: '1.15.1' })).toBeUndefined();
  // 5.6.0 has the fix and does not work.
  expect(repairedRelease({ controller: nic, release: '5.5.4' })).toBe('5.6.1');
  expect(openControllerAdvisories(nic, '4.0.1').flatMap(({ ids }) => ids)).toEqual([
    'CVE-2025-14727',
  ]);
});

test('today no release of any controller is known to have the newest nginx', () => {
  expect(edgeControllerList.map(cleanRelease)).toEqual(edgeControllerList.map(() => undefined));
  const { nic } = edgeControllers;
  const nginxByRelease = (releases: Record<string, string>) => ({
    ...nic,
    nginxByRelease: { ...nic.nginxByRelease, value: releases },
  });
  expect(cleanRelease(nginxByRelease({ '5.7.0': '1.31.9', '5.7.1': '1.31.9' }))).toBe('5.7.1');
  expect(cleanRelease(nginxByRelease({ '5.5.9': '1.31.9' }))).toBeUndefined();
  expect(cleanRelease(nginxByRelease({ '5.6.0': '1.31.9' }))).toBeUndefined();
});

test.each([
  [
    'ghcr.io/nginx/nginx-gateway-fabric:2.7.0',
    'it writes worker_processes twice, so data planes keep their first configuration; fixed in 2.7.1',
  ],
  [
    'docker.io/nginx/nginx-ingress:5.6.0-alpine',
    'it quotes exact locations, so ACME HTTP-01 challenges stop without an error; fixed in 5.6.1',
  ],
])('%s is refused by name', (image, why) => {
  expect(brokenRelease(image)).toBe(why);
});

describe('findings', () => {
  const of = (image: string) => edge({ image }).cluster;

  test('001: the advisories, the image, and that there is none yet', () => {
    expect(of('docker.io/nginx/nginx-ingress:5.5.4')).toHaveFinding('GW-INGRESS-001', {
      message:
        'docker.io/nginx/nginx-ingress:5.5.4 carries nginx 1.31.3; fixed in 1.31.9: CVE-2026-90439, CVE-2026-15176, CVE-2026-93479, CVE-2026-95101, CVE-2026-97205, CVE-2026-97629, CVE-2026-113425, CVE-2026-118899, CVE-2026-120967, CVE-2026-120993, CVE-2026-121810, CVE-2026-123007, CVE-2026-123633, CVE-2026-123634, CVE-2026-123640, CVE-2026-125283',
      remedy:
        'no release of NGINX Ingress Controller is known to carry nginx 1.31.9; 5.6.3 is the newest that was seen, on 2026-11-27: set image to one that does when there is one, or build it; session tickets off avoid CVE-2026-97629; HTTP/2 off avoids CVE-2026-123007, which runs code, and CVE-2026-123633',
    });
  });

  test('001: a newer release has fewer of them', () => {
    expect(of('docker.io/nginx/nginx-ingress:5.6.2')).toHaveFinding('GW-INGRESS-001', {
      message: expect.stringContaining(
        '5.6.2 carries nginx 1.31.5; fixed in 1.31.9: CVE-2026-90439, CVE-2026-15176',
      ),
    });
    expect(of('docker.io/nginx/nginx-ingress:5.6.3')).toHaveFinding('GW-INGRESS-001', {
      message: expect.stringContaining(
        '5.6.3 carries nginx 1.31.6; fixed in 1.31.9: CVE-2026-15176',
      ),
    });
  });

  test('003: what the controller itself lets in', () => {
    expect(of('docker.io/nginx/nginx-ingress:5.5.4')).toHaveFinding('GW-INGRESS-003', {
      message:
        'docker.io/nginx/nginx-ingress:5.5.4 is older than 5.6.1; CVE-2026-77180: who may write an Ingress puts directives into nginx.conf by its annotations',
      remedy: 'set image to 5.6.1 or newer and try it out',
    });
    expect(of('docker.io/nginx/nginx-ingress:5.6.1')).not.toHaveFinding('GW-INGRESS-003');
    expect(of('docker.io/library/traefik:v3.7.13')).toHaveFinding('GW-INGRESS-003', {
      remedy: 'set image to 3.7.14 or newer and try it out',
    });
    expect(of('docker.io/library/traefik:v3.7.14')).not.toHaveFinding('GW-INGRESS-003');
  });

  test('002: an image nobody looked at', () => {
    expect(of('example.no/edge:1')).toHaveFinding('GW-INGRESS-002', {
      message: 'the release of example.no/edge:1 is not in the catalogue',
    });
    expect(of('docker.io/nginx/nginx-ingress:5.6.3')).not.toHaveFinding('GW-INGRESS-002');
    expect(of('docker.io/nginx/nginx-ingress:5.6.4')).toHaveFinding('GW-INGRESS-002', {
      message: 'the nginx inside docker.io/nginx/nginx-ingress:5.6.4 is not in the catalogue',
    });
    // It has no nginx.
    expect(of('docker.io/library/traefik:v3.7.13')).not.toHaveFinding('GW-INGRESS-002');
  });
});
