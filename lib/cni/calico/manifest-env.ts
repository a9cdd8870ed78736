import type { TunedCalicoOptions } from './calico-options';
import { readFelix } from './manifest-env-felix';
import { readFixed } from './manifest-env-fixed';
import { readMtu } from './manifest-env-mtu';
import { readNode } from './manifest-env-node';
import { readPools } from './manifest-env-pools';
import { ManifestReader, type ManifestEnv, type Remark } from './manifest-env-reader';
import { throwProblems } from '../../cluster';

/** See TunedCalico.fromManifestEnv. */
export function optionsFromEnv(env: ManifestEnv): TunedCalicoOptions {
  const { reader, options } = readManifest(env);
  throwProblems('TunedCalico.fromManifestEnv', reader.problems);
  return options;
}

/** What is to be said about the variables, wrong ones aside. */
export function remarksOn(env: ManifestEnv): readonly Remark[] {
  return readManifest(env).reader.remarks;
}

function readManifest(env: ManifestEnv): { reader: ManifestReader; options: TunedCalicoOptions } {
  const reader = new ManifestReader(env);
  const node = readNode(reader);
  const pools = readPools(reader, node);
  const felix = readFelix(reader, pools);
  const mtu = readMtu(reader, felix, pools);
  readFixed(reader);
  return {
    reader,
    options: {
      ...node.options,
      ...pools.options,
      ...felix.options,
      ...(mtu === undefined ? {} : { mtu }),
      manifestEnv: { ...env },
    },
  };
}
