import type { Command } from 'commander'
import { definedOnly } from '../../core/defined-only.ts'
import type { Signalbox } from '../../runtime/client.ts'
import { asCalledHere } from '../command-words.ts'
import { EXISTING_STORE, withSignalbox } from '../connections.ts'
import { name } from '../parse/values.ts'
import { type JsonFlag, printJson } from '../print/json.ts'
import type { Terminal } from '../terminal.ts'
import { untakenWords } from '../untaken.ts'

/** `done`: the run ends by itself a little later. */
const ENDS = {
  stop: {
    does: 'end a run after what is already paid for',
    told: 'is told to stop after what is paid for',
    done: 'stopping',
  },
  cancel: { does: 'end a run now; calls on the wire are aborted', told: 'is told to end now', done: 'cancelling' },
} as const

type Verb = keyof typeof ENDS

export function addEnds(program: Command, terminal: Terminal): void {
  for (const verb of Object.keys(ENDS) as Verb[])
    program
      .command(verb)
      .description(ENDS[verb].does)
      .argument('<run>', "the run's id", name)
      .option('--json', 'print one JSON object')
      .action((run: string, flags: JsonFlag) => end(verb, run, flags, terminal))
}

async function end(verb: Verb, run: string, { json }: JsonFlag, terminal: Terminal): Promise<void> {
  const ending = async (signalbox: Signalbox) => {
    await signalbox.run(run)[verb]()
    if (!json) terminal.print(`run ${run} ${ENDS[verb].told}`)
    // The server may be gone meanwhile: the run was told all the same.
    const words = await untakenWords(signalbox.client, run).catch(() => undefined)
    const note = words && asCalledHere(words, terminal.command)
    if (json) printJson(terminal, definedOnly({ run, done: ENDS[verb].done, note }))
    if (note !== undefined) terminal.note(`note: ${note}`)
  }
  await withSignalbox(terminal, ending, EXISTING_STORE)
}
