import { ApiEndpoint } from '../../lib';
import { dualMachine, dualStack } from '../support/dual-stack';
import { render } from './support';

const machines = [1, 2, 3].map((n) => dualMachine(n));
const both = dualStack({ machines });

test('kube-proxy is told both networks of pods, without a blank', () => {
  const { configuration } = render({}, both);
  expect(configuration.clusterCIDR).toBe('10.244.0.0/16,fd00:244::/56');
  expect(render().configuration.clusterCIDR).toBe('10.244.0.0/16');
});

test('what listens on the machine stays in the first family, NodePorts are in both', () => {
  const { configuration } = render({}, both);
  expect(configuration).toMatchObject({
    bindAddress: '0.0.0.0',
    healthzBindAddress: '0.0.0.0:10256',
    metricsBindAddress: '127.0.0.1:10249',
    // One address of each family that the Node object has.
    nodePortAddresses: ['primary'],
  });
});

describe('excludeCidrs', () => {
  const refused = (got: string, prop: string, network: string) =>
    `[oslo/kube-proxy] excludeCidrs must be apart from ${prop} ${network}, got ${got}; virtual servers of deleted Services would stay for ever; name only foreign addresses`;

  test.each([
    ['10.96.0.0/24', 'serviceCidr', '10.96.0.0/16'],
    ['fd00:96::10/128', 'serviceCidrV6', 'fd00:96::/112'],
    ['fd00::/16', 'serviceCidrV6', 'fd00:96::/112'],
  ])('%s is not apart from %s', (got, prop, network) => {
    expect(() => render({ excludeCidrs: [got] }, both)).toThrow(
      new Error(refused(got, prop, network)),
    );
  });

  test('every range of both families is looked at', () => {
    expect(() => render({ excludeCidrs: ['0.0.0.0/0', '::/0'] }, both)).toThrow(
      new Error(
        [
          refused('0.0.0.0/0', 'serviceCidr', '10.96.0.0/16'),
          refused('::/0', 'serviceCidrV6', 'fd00:96::/112'),
        ].join('\n'),
      ),
    );
  });

  test('a foreign address of the second family is excluded beside the API endpoint', () => {
    const excludeCidrs = ['fd00:20::10/128'];
    expect(render({ excludeCidrs }, both).configuration.ipvs.excludeCIDRs).toEqual([
      '10.20.0.10/32',
      'fd00:20::10/128',
    ]);
    const endpoint = ApiEndpoint.external({ dnsName: 'api.oslo.example' });
    const { configuration } = render({ excludeCidrs }, { ...both, endpoint });
    expect(configuration.ipvs.excludeCIDRs).toEqual(excludeCidrs);
  });
});
