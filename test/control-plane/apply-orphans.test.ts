import { orphansBlock } from '../../lib/control-plane/apply-orphans';

// A server lists Calico's kinds twice, once as they are stored and once as they are served.
test.each([
  ['BGPPeer', ['crd.projectcalico.org BGPPeer /x', 'projectcalico.org BGPPeer /x']],
  ['IPAMConfig', ['crd.projectcalico.org IPAMConfig /x', 'projectcalico.org IPAMConfiguration /x']],
])('%s that is stored is no orphan where it is served', (kind, identities) => {
  const object = { apiVersion: 'crd.projectcalico.org/v1', kind, metadata: { name: 'x' } };
  const script = orphansBlock('a=b', [object]);
  expect(script).toContain(`<<'LIST'\n${identities.join('\n')}\nLIST`);
});
