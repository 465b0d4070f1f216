import { CHRONY_SET, KERNEL_SET, KERNEL_UNSET, MISSING, type Machine } from '../clock/machine';
import type { ProgramRun } from '../../src/clock/environment';
import { aheadBoundsOf } from '../../src/http/dates';
import type { Change, Event } from './plan';

/** Whoever keeps the clock tells the kernel of its largest error, which is asked through python3 where that is there. */
function tellKernel(machine: Machine, answer: ProgramRun): void {
  if (machine.kernel !== MISSING) machine.kernel = answer;
}

/** At a boot: python3 is installed, so that the kernel can be asked. */
export const python3IsThere: Event = {
  at: 0,
  change: ({ machine }) => {
    machine.kernel = KERNEL_UNSET;
  },
};

/** systemd-timesyncd has heard a time server. */
export function timesyncdSets(errorMs = 0): Change {
  return ({ machine }) => {
    machine.synchronise(errorMs);
    tellKernel(machine, KERNEL_SET);
  };
}

/** chronyd has heard a server: it sets the clock, and says so. */
export function chronydSets(errorMs = 0): Change {
  return ({ machine }) => {
    machine.setClock(machine.truth + errorMs);
    machine.chronyc = CHRONY_SET;
    tellKernel(machine, KERNEL_SET);
  };
}

/** A daemon that cannot be seen sets the clock: chronyd without a port for questions, or one of a container's host. */
export function daemonSets(errorMs = 0): Change {
  return ({ machine }) => {
    machine.setClock(machine.truth + errorMs);
    tellKernel(machine, KERNEL_SET);
  };
}

/** Somebody sets the clock by hand, after which the kernel knows of nobody who keeps it. */
export function handSets(byMs: number): Change {
  return ({ machine }) => {
    machine.setClock(machine.wall + byMs);
    tellKernel(machine, KERNEL_UNSET);
  };
}

/** What `chronyc` says from now on; chronyd runs. */
export function chronycSays(answer: ProgramRun): Change {
  return ({ machine }) => {
    machine.startChronyd();
    machine.chronyc = answer;
  };
}

export const timesyncdEnds: Change = ({ machine }) => machine.stopTimesyncd();
export const timesyncdStarts: Change = ({ machine }) => machine.startTimesyncd();

export const comesOnline: Change = ({ service }) => {
  service.isOnline = true;
};

export const goesOffline: Change = ({ service }) => {
  service.isOnline = false;
};

export function answersAfter(ms: number): Change {
  return ({ service }) => {
    service.answersAfterMs = ms;
  };
}

/** The service takes readings, and its answers are lost on the way. */
export const losesAnswers: Change = ({ service }) => {
  service.losesAnswers = true;
};

export const answersAgain: Change = ({ service }) => {
  service.losesAnswers = false;
};

export function serviceIsBehind(ms: number): Change {
  return ({ service }) => {
    service.behindMs = ms;
  };
}

export const deploys: Change = ({ nodeRed }) => nodeRed?.deploy();
export const enforcesBounds: Change = ({ nodeRed }) => nodeRed?.enforceBounds();

/** The process does nothing for some time. A network that it cannot use counts as away. */
export function stopsFor(at: number, ms: number): readonly Event[] {
  return [
    {
      at,
      change: ({ machine, service }) => {
        service.isOnline = false;
        machine.stopProcess();
      },
    },
    {
      at: at + ms,
      change: ({ machine, service }) => {
        service.isOnline = true;
        machine.continueProcess();
      },
    },
  ];
}

/** Another server answers to something, and its answer has its time in it. */
export function serverAnswers(hostname: string, takesMs: number): Change {
  return async ({ machine, nodeRed }) => {
    const sentAt = machine.wall;
    const date = new Date(machine.truth).toUTCString();
    await machine.pass(takesMs);
    const ahead = aheadBoundsOf(date, { sentAt, answeredAt: machine.wall });
    if (ahead) nodeRed?.timekeeper.heard(hostname, ahead);
  };
}
