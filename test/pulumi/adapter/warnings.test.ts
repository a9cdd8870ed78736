import { App } from 'cdk8s';
import { planOf, type Plan } from '../../../lib/pulumi/adapter/plan';
import { warningsOf } from '../../../lib/pulumi/adapter/warnings';
import { osloPlane } from '../../control-plane/oslo-plane';
import { NO_OPTIONS } from './planned';

const many = (length: number) => ({ objects: Array.from({ length }) }) as unknown as Plan;

test('above 1500 objects a warning names group mode; in group mode there is none', () => {
  expect(warningsOf(many(1500), false)).toEqual([]);
  expect(warningsOf(many(1501), true)).toEqual([]);
  expect(warningsOf(many(1501), false)).toEqual([
    '1501 objects are registered one by one, which takes minutes and a gigabyte of memory; ' +
      'RegistrationMode.GROUP registers them in groups',
  ]);
});

test('warnings of the review are told until somebody acknowledges them', () => {
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  const app = new App();
  const { cluster } = osloPlane(app);
  const told = () => warningsOf(planOf('net', app, NO_OPTIONS), false).join('\n');
  expect(told()).toContain('GW-PROXY-001 [oslo/kube-proxy] ');
  cluster.acknowledge('GW-PROXY-001', 'the move is planned');
  expect(told()).not.toContain('GW-PROXY-001');
});
