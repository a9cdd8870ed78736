import { notEvaluated, ruleFaults } from './support/cel-rules';
import { customResourceSchemas, Schema, withDefaults } from './support/custom-resources';
import { validateStrictly } from './support/strict-schema';
import { describeWithUpstream } from './support/upstream';

const object = (apiVersion: string, kind: string, spec: object, name = 'default') => ({
  apiVersion,
  kind,
  metadata: { name },
  spec,
});
const calico = (kind: string, spec: object, name?: string) =>
  object('projectcalico.org/v3', kind, spec, name);
const httpRoute = (rule: object) =>
  object('gateway.networking.k8s.io/v1', 'HTTPRoute', { rules: [rule] });

describeWithUpstream("upstream's CEL rules", () => {
  test('an IPPool with two encapsulations fails, in both groups that Calico uses', () => {
    const pool = (spec: object) =>
      calico('IPPool', { cidr: '10.0.0.0/16', vxlanMode: 'Always', ...spec });
    const fault = 'IPPool default: /spec ipipMode and vxlanMode cannot both be enabled';
    const wrong = pool({ ipipMode: 'Always' });
    expect(validateStrictly(pool({ ipipMode: 'Never' }))).toEqual([]);
    expect(validateStrictly(wrong)).toEqual([`projectcalico.org/v3 ${fault}`]);
    expect(validateStrictly({ ...wrong, apiVersion: 'crd.projectcalico.org/v1' })).toEqual([
      `crd.projectcalico.org/v1 ${fault}`,
    ]);
  });

  test('a rule of the whole object sees its name', () => {
    const installation = (name: string) =>
      object('operator.tigera.io/v1', 'Installation', {}, name);
    expect(validateStrictly(installation('overlay'))).toEqual([]);
    expect(validateStrictly(installation('mine'))).toEqual([
      "operator.tigera.io/v1 Installation mine: / resource name must be 'default', 'tigera-secure', or 'overlay'",
    ]);
  });

  test('a number in a rule is an integer', () => {
    const peer = (asNumber: number) =>
      calico('BGPPeer', { peerSelector: 'all()', asNumber }, 'rack');
    expect(validateStrictly(peer(0))).toEqual([]);
    expect(validateStrictly(peer(64512))).toEqual([
      'projectcalico.org/v3 BGPPeer rack: /spec asNumber must be empty when peerSelector is set',
    ]);
  });

  test('a field that takes a number or a name is compared as what it is', () => {
    const policy = (protocol: unknown) =>
      calico('GlobalNetworkPolicy', { ingress: [{ action: 'Allow', protocol, http: {} }] });
    expect(validateStrictly(policy(6))).toEqual([]);
    expect(validateStrictly(policy('TCP'))).toEqual([]);
    expect(validateStrictly(policy(17))).toEqual([
      'projectcalico.org/v3 GlobalNetworkPolicy default: /spec/ingress/0 rules with HTTP match must have protocol TCP or unset',
    ]);
  });

  test('defaults are there before the rules are asked', () => {
    // The rules count the matches of each rule without a look whether there are any.
    expect(validateStrictly(httpRoute({ backendRefs: [{ name: 'web', port: 80 }] }))).toEqual([]);
    // Group and kind are left out: by default this is a Service.
    expect(validateStrictly(httpRoute({ backendRefs: [{ name: 'web' }] }))).toEqual([
      'gateway.networking.k8s.io/v1 HTTPRoute default: /spec/rules/0/backendRefs/0 Must have port for Service reference',
    ]);
  });

  test('a rule that cannot be judged is a fault', () => {
    const peer = { myASN: 1, peerASN: 2, peerAddress: '10.0.0.1', connectTime: 'soon' };
    expect(validateStrictly(object('metallb.io/v1beta2', 'BGPPeer', peer))).toContainEqual(
      expect.stringMatching(
        /connectTime cannot be judged by the rule duration\(self\).*: Failed to parse duration/,
      ),
    );
  });

  test('a name in a TLSRoute is no address, by the one function that Kubernetes adds', () => {
    const faults = (name: string) =>
      validateStrictly(
        object('gateway.networking.k8s.io/v1', 'TLSRoute', {
          hostnames: [name],
          rules: [{ backendRefs: [{ name: 'web', port: 443 }] }],
        }),
      );
    expect(faults('web.example.org')).toEqual([]);
    expect(faults('10.0.0.1').join()).toContain('/spec/hostnames Hostnames cannot contain an IP');
  });

  test('these rules are not evaluated, for these reasons, and no others', () => {
    const lines = notEvaluated(customResourceSchemas()).map(
      ({ kind, field, rule, reason }) => `${kind} ${field}: ${rule} ${reason}`,
    );
    const transition = 'self == oldSelf compares with the object before a change';
    expect(lines).toEqual([
      `projectcalico.org/v3 IPPool .spec.blockSize: ${transition}`,
      `projectcalico.org/v3 IPPool .spec.cidr: ${transition}`,
      `crd.projectcalico.org/v1 IPPool .spec.blockSize: ${transition}`,
      `crd.projectcalico.org/v1 IPPool .spec.cidr: ${transition}`,
      `gateway.networking.k8s.io/v1 GatewayClass .spec.controllerName: ${transition}`,
      `gateway.networking.k8s.io/v1beta1 GatewayClass .spec.controllerName: ${transition}`,
      `metallb.io/v1beta2 BGPPeer .spec.enableGracefulRestart: ${transition}`,
    ]);
  });
});

describe('CEL rules', () => {
  const ruled = (schema: Schema, ...rules: object[]) => ({
    ...schema,
    'x-kubernetes-validations': rules,
  });
  const text = { type: 'string' };

  test('stand for every item of a list and every value of a map that is there', () => {
    const short = ruled(text, { rule: 'self.size() < 3', message: 'is long' });
    const schema = {
      properties: { list: { items: short }, map: { additionalProperties: short }, absent: short },
    };
    expect(ruleFaults(schema, { list: ['ab', 'abc'], map: { 'a/b': 'abc', c: 'a' } })).toEqual([
      { path: '/list/1', message: 'is long' },
      { path: '/map/a~1b', message: 'is long' },
    ]);
  });

  test('spell declared fields in their own way, but not the keys of a map', () => {
    const schema = ruled(
      {
        properties: { namespace: text, 'a-b.c/d': text, a__b: text },
        additionalProperties: text,
      },
      { rule: "self.__namespace__ + self.a__dash__b__dot__c__slash__d == 'xy'" },
      { rule: "self.a__underscores__b == 'z' && self['e-f'] == 'map'" },
    );
    const right = { namespace: 'x', 'a-b.c/d': 'y', a__b: 'z', 'e-f': 'map' };
    expect(ruleFaults(schema, right)).toEqual([]);
    expect(ruleFaults(schema, { ...right, namespace: 'w' })).toHaveLength(1);
  });

  test('take numbers for what the schema says', () => {
    const schema = ruled(
      { properties: { whole: { type: 'integer' }, real: { type: 'number' } } },
      { rule: 'type(self.whole) == int && type(self.real) == double' },
    );
    expect(ruleFaults(schema, { whole: 1, real: 1 })).toEqual([]);
  });

  test('say what is wrong, and where, in their own words if they have any', () => {
    const rule = 'self.a != self.b';
    const schema = ruled(
      { properties: { a: text, b: text } },
      { rule },
      { rule, message: 'differ', fieldPath: ".c['d.e'].f" },
      { rule, message: 'differ', messageExpression: "'no ' + self.a" },
      { rule, message: 'differ', messageExpression: 'self.none' },
    );
    expect(ruleFaults(schema, { a: 'x', b: 'x' })).toEqual([
      { path: '/', message: 'failed rule: self.a != self.b' },
      { path: '/c/d.e/f', message: 'differ' },
      { path: '/', message: 'no x' },
      { path: '/', message: 'differ' },
    ]);
  });

  test('are listed where they cannot be evaluated', () => {
    const rules = [
      { rule: 'self.size() > 0 || quantity(self).isGreaterThan(self, 1)' },
      { rule: 'self ==' },
      { rule: 'oldSelf.hasValue()', optionalOldSelf: true },
      { rule: "self == 'right'" },
    ];
    const schemas = new Map([['v1 Kind', { items: ruled(text, ...rules) }]]);
    expect(notEvaluated(schemas)).toEqual([
      {
        kind: 'v1 Kind',
        field: '[]',
        rule: rules[0].rule,
        reason: 'calls what is not known here: isGreaterThan, quantity',
      },
      expect.objectContaining({ reason: expect.stringMatching(/^cannot be compiled: /) }),
      expect.objectContaining({ reason: 'needs optional values' }),
    ]);
  });
});

describe('defaults', () => {
  const schema = {
    properties: {
      on: { default: { depth: {} }, properties: { depth: { properties: { n: { default: 1 } } } } },
      off: { properties: { n: { default: 1 } } },
      list: { items: { properties: { n: { default: 1 } } } },
    },
  };

  test('fill what is missing, and what they bring, but make no other objects', () => {
    const given = { list: [{}, { n: 2 }] };
    expect(withDefaults(schema, given)).toEqual({
      on: { depth: { n: 1 } },
      list: [{ n: 1 }, { n: 2 }],
    });
    expect(given).toEqual({ list: [{}, { n: 2 }] });
  });
});
