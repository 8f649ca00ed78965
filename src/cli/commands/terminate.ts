import type { Command } from 'commander'
import { countOf } from '../../core/words/count-of.ts'
import type { Signalbox } from '../../runtime/client.ts'
import { EXISTING_STORE, withSignalbox } from '../connections.ts'
import { name } from '../parse/values.ts'
import { type JsonFlag, printJson } from '../print/json.ts'
import type { Terminal } from '../terminal.ts'

export function addTerminate(program: Command, terminal: Terminal): void {
  program
    .command('terminate')
    .description(
      'end a run and those below it without asking them, for one that cannot end itself; no worker is needed',
    )
    .argument('<run>', "the run's id", name)
    .option('--json', 'print one JSON object')
    .action((run: string, flags: JsonFlag) => terminate(run, flags, terminal))
}

async function terminate(run: string, { json }: JsonFlag, terminal: Terminal): Promise<void> {
  const terminating = async (signalbox: Signalbox) => {
    const { runs, recorded } = await signalbox.run(run).terminate()
    if (json) printJson(terminal, { run, done: 'terminated', runs, recorded })
    else terminal.print(terminatedWords(run, runs))
    if (!recorded) terminal.note(`note: ${UNRECORDED}`)
  }
  await withSignalbox(terminal, terminating, EXISTING_STORE)
}

const UNRECORDED =
  'the store does not have that yet: a worker records it within minutes, and withdraws what is in a batch of a vendor; `signalbox budget reconcile` records it at once, and leaves a batch to be billed'

function terminatedWords(run: string, [first, ...others]: readonly string[]): string {
  const below = (runs: number) => `${countOf(runs, 'run')} below it`
  if (first !== run) return `run ${run} had ended; terminated ${below(others.length + 1)}`
  return `run ${run} is terminated${others.length === 0 ? '' : `, with ${below(others.length)}`}`
}
