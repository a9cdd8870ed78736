import { GroundworkApp, HardenedNginxIngress, NginxController } from '../../../lib';
import { gatewayApiManifest, gatewayFabricManifest } from '../../../lib/catalog';
import { osloPlane } from '../../control-plane/oslo-plane';
import { tempDir } from '../../support/temp-app';

function phase(installsGatewayApi: boolean): string[] {
  const app = new GroundworkApp({ outdir: tempDir() });
  const controller = NginxController.gatewayFabric({ installsGatewayApi });
  osloPlane(app, { ingress: HardenedNginxIngress.configure({ controller }) });
  const script = app.files()['apply.sh'];
  return script
    .split('if phase 50-ingress; then\n')[1]!
    .split('\nfi')[0]!
    .split('\n')
    .map((l) => l.trim());
}

const fetched = ({ file, sha256, url }: typeof gatewayApiManifest) =>
  `fetched ${file} sha256:${sha256} ${url}`;
const established = (names: readonly string[], how: string) =>
  names.map((name) => `${how} Established crd/${name}`);

/** It has a policy against injected directives. */
const inForce = ["say 'five seconds, in which API servers learn of the policies'", 'sleep 5'];

test('definitions are fetched and served first, and the end is a Gateway that pods serve', () => {
  expect(phase(true)).toEqual([
    fetched(gatewayApiManifest),
    ...established(gatewayApiManifest.definitions, 'need 2'),
    fetched(gatewayFabricManifest),
    ...established(gatewayFabricManifest.definitions, 'need 2'),
    'apply 50-ingress.k8s.yaml',
    ...inForce,
    'rollout nginx-gateway deployment/nginx-gateway',
    'wait_for 10 Programmed gateway/edge gateway/edge nginx-gateway',
  ]);
});

test('a Gateway API of somebody else is waited for and not touched', () => {
  expect(phase(false).slice(0, -5)).toEqual([
    fetched(gatewayFabricManifest),
    ...established(gatewayFabricManifest.definitions, 'need 2'),
    ...established(gatewayApiManifest.definitions, 'need 1'),
  ]);
});
