/**
 * Says soon that no worker has taken in what a run was told: the server keeps it, or the command waits for a worker in silence.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Signalbox } from '../runtime/client.ts'
import type { Terminal } from './terminal.ts'

type Client = Signalbox['client']

/** A worker that has the run takes the word in at once. */
const TAKEN_WITHIN_MS = 2_000

const LOOK_EVERY_MS = 100

/**
 * Why no worker has taken the word in, where none has: the server keeps it, and the run ends only once one has. Of a run that has waited
 * nothing has failed before: what fails is known once a worker has tried.
 */
export async function untakenWords(client: Client, run: string): Promise<string | undefined> {
  const { describeUnopened, failingIn, whoServes } = await asking()
  const workflow = client.workflow.getHandle(run)
  for (const untilMs = Date.now() + TAKEN_WITHIN_MS; ; ) {
    const described = await describeUnopened(workflow)
    const failing = await failingIn(client, run, described)
    if (failing?.what === 'workflow') return failing.words
    if (!described.pendingWorkflowTask) return undefined
    if (Date.now() > untilMs) return `no worker has received that yet: ${await whoServes(client, workflow)}`
    await delay(LOOK_EVERY_MS)
  }
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
    await delay(TAKEN_WITHIN_MS, undefined, { signal })
    const words = await silenceWords(client, run)
    if (!signal.aborted) terminal.note(`note: ${words}`)
  }
  // The answer tells more than a note that could not be made.
  void noting().catch(() => undefined)
  try {
    return await tell()
  } finally {
    answered.abort()
  }
}

async function silenceWords(client: Client, run: string): Promise<string> {
  const { describeUnopened, failingIn, whoServes } = await asking()
  const workflow = client.workflow.getHandle(run)
  const failing = await failingIn(client, run, await describeUnopened(workflow))
  if (failing?.what === 'workflow') return failing.words
  return `no worker has answered for run ${run} yet: ${await whoServes(client, workflow)}`
}

async function asking() {
  const [{ describeUnopened }, { failingIn }, { whoServes }] = await Promise.all([
    import('../runtime/temporal/describe-known.ts'),
    import('../runtime/hearing/failing.ts'),
    import('../runtime/temporal/who-serves.ts'),
  ])
  return { describeUnopened, failingIn, whoServes }
}
