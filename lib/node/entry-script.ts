import { machineFile, type MachineFile } from './machine-file';
import { paths } from './paths';
import { apiSteps } from './steps/api';
import { archiveSteps } from './steps/archives';
import { configSteps } from './steps/config';
import { credentialSteps } from './steps/credentials';
import { kubeadmSteps } from './steps/kubeadm';
import { machineSteps } from './steps/machine';
import { main } from './steps/main';
import { prelude } from './steps/prelude';
import { runtimeSteps } from './steps/runtime';
import { sysctlSteps } from './steps/sysctls';
import { systemSteps } from './steps/system';
import { updateSteps } from './steps/update';

/** The script that does all the work on a machine. The same on every machine: facts are in machine.env. */
export const entryScript: MachineFile = machineFile(
  paths.entryScript,
  [
    prelude,
    machineSteps,
    configSteps,
    sysctlSteps,
    systemSteps,
    credentialSteps,
    archiveSteps,
    runtimeSteps,
    apiSteps,
    kubeadmSteps,
    updateSteps,
    main,
  ].join(''),
  '0755',
);
