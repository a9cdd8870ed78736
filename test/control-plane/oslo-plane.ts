import type { App } from 'cdk8s';
import {
  EtcdOnNvme,
  HardenedNginxIngress,
  IpvsKubeProxy,
  NvmeControlPlane,
  TunedCalico,
  type NvmeControlPlaneProps,
} from '../../lib';
import { osloProps } from '../support/oslo';

/** The flagship, with any prop changed. */
export function osloPlane(
  app: App,
  changes: Partial<NvmeControlPlaneProps> = {},
): NvmeControlPlane {
  return new NvmeControlPlane(app, 'oslo', {
    ...osloProps(),
    cni: TunedCalico.configure(),
    kubeProxy: IpvsKubeProxy.configure(),
    ingress: HardenedNginxIngress.configure(),
    etcd: EtcdOnNvme.configure(),
    ...changes,
  });
}
