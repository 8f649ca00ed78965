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
    await noteWhatFails(signalbox, run, terminal)
  }
  await withSignalbox(terminal, ending, EXISTING_STORE)
}

/** Says so where the run's own code fails: the server keeps the word for it, and the run ends only once the code is mended. */
async function noteWhatFails({ client }: Signalbox, run: string, terminal: Terminal): Promise<void> {
  const { failingOf } = await import('../../runtime/runs/failing.ts')
  // The server may be gone meanwhile: the run was told all the same.
  const failing = await failingOf(client, run).catch(() => undefined)
  if (failing?.what === 'workflow') terminal.note(`note: ${failing.words}`)
}
