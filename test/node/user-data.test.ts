import { gunzipSync } from 'node:zlib';
import { Size } from 'cdk8s';
import * as fc from 'fast-check';
import { parse } from 'yaml';
import { UserDataLimit } from '../../lib';
import { userDataLimits } from '../../lib/catalog';
import { newAuthority, newPrivateKey, publicKeyOf } from '../../lib/cli/authorities';
import { bootstrapToken, certificateKey, encryptionKey } from '../../lib/cli/random-values';
import type { NodeBootstrapOptions } from '../../lib/node';
import type { SecretRow } from '../../lib/node/secrets';
import { sealedSizes } from '../../lib/node/user-data/allowance';
import { compress, fitted, unpack } from '../../lib/node/user-data/form';
import { withSecrets } from '../../lib/node/user-data/secret-entries';
import { findLeaks, leaksIn } from '../../lib/testing';
import { messages, oslo } from './support';

const bytes = (text: string) => Buffer.byteLength(text);
const control = (limit: number, more: NodeBootstrapOptions = {}) =>
  oslo({}, { userDataLimit: Size.kibibytes(limit), ...more });
const plain = oslo().files()['nodes/cp-1/user-data']!;

describe('the compressed form', () => {
  test('is a MIME text of one gzipped part, and says nothing else than the plain one', () => {
    const text = compress(plain);
    expect(text).toMatch(
      /^MIME-Version: 1\.0\nContent-Type: multipart\/mixed; boundary="groundwork"\n\n--groundwork\nMIME-Version: 1\.0\nContent-Type: application\/gzip\nContent-Transfer-Encoding: base64\n\n([A-Za-z0-9+/]{996}\n)+[A-Za-z0-9+/=]{1,996}\n--groundwork--\n$/,
    );
    const packed = Buffer.from(text.split('\n\n')[2]!.split('\n--')[0]!, 'base64');
    expect(gunzipSync(packed).toString()).toBe(plain);
    // no name, no time, no system: they would differ between two runs
    expect(packed.subarray(0, 10).toString('hex')).toBe('1f8b0800000000000203');
    expect(bytes(text)).toBeLessThan(bytes(plain) / 2);
  });

  test('comes back as it was, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 2000 }), (content) => {
        const text = `#cloud-config\n${content}`;
        expect(unpack(compress(text))).toBe(text);
        expect(unpack(text)).toBe(text);
      }),
      { numRuns: 50 },
    );
  });

  test.each([
    ['a script', '#!/bin/sh\n'],
    ['another MIME text', 'MIME-Version: 1.0\n\nx'],
    ['a damaged part', compress(plain).replace(/\nH4sI.{40}/, '\nAAAA')],
    ['a part that is no cloud-config', compress('#!/bin/sh\n')],
  ])('is not confused with %s', (_, text) => {
    expect(unpack(text)).toBeUndefined();
  });

  test('is taken when the plain one is a byte too large', () => {
    expect(fitted(plain, undefined)).toBe(plain);
    expect(fitted(plain, bytes(plain))).toBe(plain);
    expect(fitted(plain, bytes(plain) - 1)).toBe(compress(plain));
  });
});

describe('room for secrets', () => {
  const rows = (...formats: string[]): SecretRow[] =>
    formats.map((format, index) => ({ path: `s${index}`, audience: 'all', format }));
  const room = (format: string) =>
    sealedSizes('#cloud-config\na: b\nwrite_files:\n', rows(format)).plain;
  const real = (content: string) =>
    bytes(withSecrets('#cloud-config\na: b\nwrite_files:\n', [{ path: 's0', content }])!);

  test('is what real secrets take, or a little more', async () => {
    const key = newPrivateKey();
    const names = ['kubernetes', 'etcd-ca', 'front-proxy-ca'];
    const authorities = await Promise.all(names.map((name) => newAuthority(name, new Date())));
    const sizes: Array<[string, number]> = [
      ['PEM private key', real(key)],
      ['PEM public key', real(publicKeyOf(key))],
      ['PEM certificate', Math.max(...authorities.map((a) => real(a.certificate)))],
      ['[a-z0-9]{6}[.][a-z0-9]{16}', real(`${bootstrapToken()}\n`)],
      ['[0-9a-f]{64}', real(`${certificateKey()}\n`)],
      ['[A-Za-z0-9+/]{43}=', real(`${encryptionKey()}\n`)],
    ];
    for (const [format, size] of sizes) {
      expect([format, room(format) >= size, room(format) <= size * 1.1]).toEqual([
        format,
        true,
        true,
      ]);
    }
  });

  test('is measured compressed as well: keys do not shrink', () => {
    const many = rows(...Array<string>(20).fill('PEM private key'));
    const none = sealedSizes(plain, []);
    const with20 = sealedSizes(plain, many);
    expect(none).toMatchObject({ plain: bytes(plain) });
    expect(none.compressed()).toBe(bytes(compress(plain)));
    expect(with20.atMost(compress(plain))).toBeGreaterThanOrEqual(with20.compressed());
    expect(with20.compressed() - none.compressed()).toBeGreaterThan(20 * 121 * 1.3);
  });

  test('is never rendered', () => {
    const files = control(48).files();
    expect(unpack(files['nodes/cp-1/user-data']!)).toBe(plain);
    expect(leaksIn(files)).toEqual([]);
  });

  test('is found by the leak test when it is not only room', () => {
    const key = newPrivateKey();
    const leaking = compress(withSecrets(plain, [{ path: 'pki/ca.key', content: key }])!);
    expect(findLeaks('user-data', leaking)).toEqual([
      expect.stringMatching(/^user-data:9: a private key in line \d+ of compressed content$/),
    ]);
  });
});

describe('a limit', () => {
  const sealed = sealedSizes(plain, []).plain;

  test('leaves what fits with its secrets plain, and compresses the rest', () => {
    const form = (limit: number, more: NodeBootstrapOptions = {}) =>
      control(limit, more).files()['nodes/cp-1/user-data']!;
    const kibibytes = Math.ceil(sealed / 1024);
    expect(form(kibibytes + 5)).toBe(plain);
    // It would fit today and not once it is sealed.
    expect(form(kibibytes)).toBe(compress(plain));
    expect(form(kibibytes)).toBe(form(48));
  });

  test('leaves comments out where compressing is not enough, and says the same besides', () => {
    const files = control(32, { keysBySsh: true }).files();
    const written = (text: string) =>
      parse(text).write_files.map(({ path, content }: any) => [path, content]);
    const all = new Map<string, string>(written(plain));
    const some = new Map<string, string>(written(unpack(files['nodes/cp-1/user-data']!)!));
    expect([...some.keys()]).toEqual([...all.keys()]);
    const lines = (text: string) =>
      text.split('\n').filter((line) => line.trim() !== '' && !/^\s*#(?!!)/.test(line));
    for (const [path, content] of some) {
      expect([path, lines(content)]).toEqual([path, lines(all.get(path)!)]);
      // What a person copies is what the machine has.
      expect(files[`nodes/cp-1/files${path}`]).toBe(content);
    }
    const script = some.get('/usr/local/lib/groundwork/bootstrap')!;
    expect(script.split('\n')[0]).toBe('#!/bin/bash');
    expect(script).not.toMatch(/^\s*# /m);
    expect(some.get('/etc/hosts')).toBe(all.get('/etc/hosts'));
  });

  test('that even the compressed form exceeds throws, with a table of what takes the room', () => {
    const message = (more: NodeBootstrapOptions) => {
      try {
        control(16, more).files();
        return 'accepted';
      } catch (error) {
        return (error as Error).message;
      }
    };
    const [first, ...table] = message({}).split('\n');
    expect(first).toMatch(
      /^\[nodes\] userDataLimit must be at least the \d+ bytes that the user-data of cp-1 has, compressed and with its secrets, got 16384 bytes; raise it where the platform allows, set keysBySsh, or deliver files\/ by other means; bytes by file, not compressed:$/,
    );
    expect(table[0]).toMatch(/^ +\d+ {2}\/usr\/local\/lib\/groundwork\/bootstrap$/);
    const sizes = table.map((line) => Number(line.trim().split(' ')[0]));
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(sealed);
    const without = message({ keysBySsh: true });
    expect(without).toContain('raise it where the platform allows, or deliver');
    const wanted = (text: string) => Number(/least the (\d+)/.exec(text)![1]);
    expect(wanted(first!) - wanted(without)).toBeGreaterThan(4 * 121);
  });

  test('has a name for platforms that state one', () => {
    expect({
      EC2: UserDataLimit.EC2.toKibibytes(),
      'Hetzner Cloud': UserDataLimit.HETZNER_CLOUD.toKibibytes(),
      OpenStack: UserDataLimit.OPENSTACK.toKibibytes(),
      Azure: UserDataLimit.AZURE.toKibibytes(),
      DigitalOcean: UserDataLimit.DIGITAL_OCEAN.toKibibytes(),
    }).toEqual(
      Object.fromEntries(
        Object.entries(userDataLimits).map(([name, { value }]) => [name, value / 1024]),
      ),
    );
    // What OpenStack counts is base64.
    const base64 = Buffer.alloc(userDataLimits.OpenStack.value).toString('base64').length;
    expect(base64).toBeLessThanOrEqual(65535);
  });
});

describe('findings', () => {
  test('GW-NODE-004: platforms that would refuse user-data as it is', () => {
    const { cluster, node } = oslo();
    const expected = () => {
      const { userDataBytes } = cluster._summary('nodes')!;
      const size = Math.max(...cluster.controlPlanes.map(userDataBytes));
      const beyond = Object.entries(userDataLimits).filter(([, limit]) => size > limit.value);
      return `user-data has ${Math.ceil(size / 1024)} KiB with its secrets, more than ${beyond.map(([name]) => name).join(', ')} take`;
    };
    expect(messages(cluster, 'GW-NODE-004')).toEqual([expected()]);
    expect(expected()).toContain('EC2, Hetzner Cloud');
    const before = expected();
    const content = `${'x'.repeat(40000)}\n`;
    cluster.ledger.requireFile('/etc/large', { by: node, why: 'test', content });
    expect(messages(cluster, 'GW-NODE-004')).toEqual([expected()]);
    expect(expected()).not.toBe(before);
    expect(messages(control(32).cluster, 'GW-NODE-004')).toEqual([]);
  });

  test('GW-NODE-065: keys in user-data that a platform serves', () => {
    const found = (more: NodeBootstrapOptions) => messages(oslo({}, more).cluster, 'GW-NODE-065');
    expect(found({ userDataLimit: UserDataLimit.HETZNER_CLOUD })).toEqual([
      'private keys go into the user-data of cp-1, cp-2, cp-3, and a platform that limits user-data also serves it to the machine',
    ]);
    expect(found({ userDataLimit: UserDataLimit.HETZNER_CLOUD, keysBySsh: true })).toEqual([]);
    expect(found({})).toEqual([]);
  });
});

test('a cloud-config that is not ours takes no secrets', () => {
  const secret = [{ path: 's', content: 'x\n' }];
  expect(withSecrets('#cloud-config\nruncmd: []\n', secret)).toBeUndefined();
  expect(
    withSecrets('#cloud-config\na: 1\nwrite_files:\nb: 2\nwrite_files:\n', secret),
  ).toBeUndefined();
  expect(withSecrets(plain, [])).toBe(plain);
});
