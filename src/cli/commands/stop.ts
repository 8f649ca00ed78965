import { setTimeout } from 'node:timers/promises'
import type { Command } from 'commander'
import type { Signalbox } from '../../runtime/client.ts'
import { EXISTING_STORE, withSignalbox } from '../connections.ts'
import { name } from '../parse/values.ts'
import { printJson } from '../print/json.ts'
import type { Terminal } from '../terminal.ts'

const ENDS = {
  stop: 'end a run after what is already paid for',
  cancel: 'end a run now; calls on the wire are aborted',
}

type Verb = keyof typeof ENDS

const TOLD = { stop: 'stops after what is paid for', cancel: 'is being cancelled' } as const satisfies Record<
  Verb,
  string
>

/** The run ends by itself a little later. */
const DONE = { stop: 'stopping', cancel: 'cancelling' } as const satisfies Record<Verb, string>

interface Flags {
  readonly json?: boolean
}

export function addEnds(program: Command, terminal: Terminal): void {
  for (const verb of Object.keys(ENDS) as Verb[])
    program
      .command(verb)
      .description(ENDS[verb])
      .argument('<run>', '', name)
      .option('--json', 'print one JSON object')
      .action((run: string, flags: Flags) => end(verb, run, flags, terminal))
}

async function end(verb: Verb, run: string, { json }: Flags, terminal: Terminal): Promise<void> {
  const ending = async (signalbox: Signalbox) => {
    await signalbox.run(run)[verb]()
    if (json) printJson(terminal, { run, done: DONE[verb] })
    else terminal.print(`run ${run} ${TOLD[verb]}`)
    await noteUntaken(signalbox, run, terminal)
  }
  await withSignalbox(terminal, ending, EXISTING_STORE)
}

/** Says so where no worker can take the word in, or none is there: the server keeps it, and the run ends only once one has. */
async function noteUntaken({ client }: Signalbox, run: string, terminal: Terminal): Promise<void> {
  // The server may be gone meanwhile: the run was told all the same.
  const words = await untakenWords(client, run).catch(() => undefined)
  if (words !== undefined) terminal.note(`note: ${words}`)
}

/** A worker that has the run takes the word in at once. */
const TAKEN_WITHIN_MS = 2_000

const LOOK_EVERY_MS = 100

/** Of a run that has waited nothing has failed before: what fails is known once a worker has tried. */
async function untakenWords(client: Signalbox['client'], run: string): Promise<string | undefined> {
  const [{ failingIn }, { whoServes }] = await Promise.all([
    import('../../runtime/runs/failing.ts'),
    import('../../runtime/runs/run-unheard.ts'),
  ])
  const workflow = client.workflow.getHandle(run)
  for (const untilMs = Date.now() + TAKEN_WITHIN_MS; ; ) {
    const { raw } = await workflow.describe()
    const failing = await failingIn(client, run, raw)
    if (failing?.what === 'workflow') return failing.words
    if (!raw.pendingWorkflowTask) return undefined
    if (Date.now() > untilMs) return `no worker has taken that in yet: ${await whoServes(client, workflow)}`
    await setTimeout(LOOK_EVERY_MS)
  }
}
