import { CONFIG_MAP, CONFIG_MAP_2019 } from './names';
import type { RetiredIngressNginxOptions } from './options';

/** The options of this controller with every default filled in. */
export interface RetiredChoices {
  /** Why it is run although it is retired. */
  readonly reason: string;
  readonly nginxVersion?: string;
  readonly watchNamespace?: string;
  readonly webhook: boolean;
  readonly admissionPolicy: boolean;
  readonly configMapName: string;
  readonly overrides: Readonly<Record<string, string>>;
  /** Whether the ConfigMap is that of 2019: six keys and nothing else. */
  readonly isSeed: boolean;
}

/** The options of one construct, settled. They must have passed their own checks. */
export function choicesOf(options: RetiredIngressNginxOptions, isSeed = false): RetiredChoices {
  return {
    reason: options.acknowledgeRetired.reason.trim(),
    nginxVersion: options.nginxVersion,
    watchNamespace: options.watchNamespace,
    webhook: options.webhook ?? false,
    admissionPolicy: options.admissionPolicy ?? true,
    configMapName: options.configMapName ?? (isSeed ? CONFIG_MAP_2019 : CONFIG_MAP),
    overrides: { ...options.configMapOverrides },
    isSeed,
  };
}
