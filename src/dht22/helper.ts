import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { variablesForPrograms } from '../subprocess';

/** 128 edges of 10 digits, with room to spare. */
const LONGEST_ANSWER = 8192;
const ERROR_OUTPUT_LENGTH = 300;

/** A process that answers each line with one line. */
export interface Helper {
  /**
   * Sends a line and gives the next one, without its end. One question at a time: a second one is rejected. Rejects with an `Error`, with the
   * system's `code` where there is one, when the process cannot be started or ends without an answer.
   */
  ask(line: string): Promise<string>;
  isOver(): boolean;
  /** Ends it after the answer it is working on. */
  end(): void;
  /** Ends it at once; a question that waits for its answer is rejected. */
  kill(reason: string): void;
}

/** Starts a helper. It keeps this process alive only while it is asked, and it ends with it. */
export function startHelper(program: string, parameters: readonly string[]): Helper {
  const child = spawn(program, parameters, { stdio: 'pipe', env: variablesForPrograms(process.env) });
  let printed = '';
  let errorOutput = '';
  let isOver = false;
  let question: { answer(line: string): void; giveUp(reason: Error): void } | undefined;

  function answered(line: string): void {
    child.unref();
    question?.answer(line);
    question = undefined;
  }

  function over(reason: Error): void {
    isOver = true;
    child.unref();
    question?.giveUp(reason);
    question = undefined;
  }

  child.stdout.setEncoding('latin1').on('data', (text: string) => {
    printed += text;
    if (printed.length > LONGEST_ANSWER) child.kill('SIGKILL');
    const end = printed.indexOf('\n');
    if (end !== -1) answered(printed.slice(0, end));
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errorOutput = (errorOutput + text).slice(-ERROR_OUTPUT_LENGTH);
  });
  child.on('error', over);
  child.stdin.on('error', () => undefined); // It has ended, which 'close' tells with the reason.
  child.on('close', () =>
    over(new Error(errorOutput.trim().split('\n').at(-1) || 'it ended without an answer')),
  );
  child.unref();
  for (const stream of [child.stdin, child.stdout, child.stderr])
    if (stream instanceof Socket) stream.unref();

  return {
    ask: (line) =>
      new Promise((answer, giveUp) => {
        if (question !== undefined) {
          giveUp(new Error('it is asked something else'));
          return;
        }
        printed = '';
        child.ref();
        question = { answer, giveUp };
        child.stdin.write(`${line}\n`);
      }),
    isOver: () => isOver,
    end: () => child.stdin.end(),
    kill: (reason) => {
      child.kill('SIGKILL');
      over(new Error(reason));
    },
  };
}
