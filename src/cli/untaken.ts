/**
 * Says soon that no worker has taken in what a run was told: the server keeps it, or the command waits for a worker in silence.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises'
import { shellWord } from '../core/words/shell-word.ts'
import type { Signalbox } from '../runtime/client.ts'
import type { Terminal } from './terminal.ts'

type Client = Signalbox['client']

/** A worker that has the run takes the word in at once. */
const TAKEN_WITHIN_MS = 2_000

const LOOK_EVERY_MS = 100

/**
 * Why no worker has received what the run was told; `undefined` if one has. The server keeps it until then. That the run's code fails may be
 * known only once a worker has tried.
 */
export async function untakenWords(client: Client, run: string): Promise<string | undefined> {
  return wordsIfUntaken(
    client,
    run,
    TAKEN_WITHIN_MS,
    who =>
      `no worker has received that yet: ${who}; \`signalbox terminate ${shellWord(run)}\` ends the run without one`,
  )
}

/** Tells the run what it is to answer itself, and notes after a while that no worker has answered for it yet, and why. */
export async function notingSilence<T>(
  { client }: Pick<Signalbox, 'client'>,
  run: string,
  terminal: Pick<Terminal, 'note'>,
  tell: () => Promise<T>,
): Promise<T> {
  const answered = new AbortController()
  const { signal } = answered
  const noting = async () => {
    await delay(TAKEN_WITHIN_MS / 2, undefined, { signal })
    // The client repeats what a worker has refused, so one look alone may see a task that is being worked on.
    const silent = (who: string) => `no worker has answered for run ${run} yet: ${who}`
    const words = await wordsIfUntaken(client, run, TAKEN_WITHIN_MS / 2, silent)
    if (words !== undefined && !signal.aborted) terminal.note(`note: ${words}`)
  }
  // The answer tells more than a note that could not be made.
  void noting().catch(() => undefined)
  try {
    return await tell()
  } finally {
    answered.abort()
  }
}

/** Looks again and again; `undefined` once nothing waits for a worker. */
async function wordsIfUntaken(
  client: Client,
  run: string,
  withinMs: number,
  unserved: (who: string) => string,
): Promise<string | undefined> {
  for (const untilMs = Date.now() + withinMs; ; ) {
    const { failing, waits } = await lookAt(client, run)
    if (failing !== undefined) return failing
    if (!waits) return undefined
    if (Date.now() > untilMs) return unserved(await whoServesRun(client, run))
    await delay(LOOK_EVERY_MS)
  }
}

/** What fails of the run's code, in words, and whether the server has something for a worker that none has taken. */
async function lookAt(client: Client, run: string) {
  const { describeUnopened } = await import('../runtime/temporal/describe-known.ts')
  const { failingIn } = await import('../runtime/hearing/failing.ts')
  const described = await describeUnopened(client.workflow.getHandle(run))
  const failing = await failingIn(client, run, described)
  return {
    failing: failing?.what === 'workflow' ? failing.words : undefined,
    waits: Boolean(described.pendingWorkflowTask),
  }
}

async function whoServesRun(client: Client, run: string): Promise<string> {
  const { whoServes } = await import('../runtime/temporal/who-serves.ts')
  return whoServes(client, client.workflow.getHandle(run))
}
