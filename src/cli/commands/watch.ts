import { type Command, Option } from 'commander'
import type { Signalbox } from '../../runtime/client.ts'
import { withSignalboxOrRecords } from '../connections.ts'
import { amount, name } from '../parse/values.ts'
import type { Terminal } from '../terminal.ts'
import { type WatchOptions, watchRecords, watchRun } from '../watch/watch-run.ts'

export function addWatch(program: Command, terminal: Terminal): void {
  program
    .command('watch')
    .description('show what happens in a run, with the text as it arrives, until it ends')
    .argument('<run>', '', name)
    .option('--after <offset>', 'skip the events up to this one', amount)
    .addOption(
      new Option('--below', "show what happens in the runs below it too, behind each run's id").conflicts('after'),
    )
    .option('--reasoning', "show the models' reasoning too")
    .option('--json', 'print one JSON object a line for each event')
    .action((run: string, flags: WatchOptions) =>
      withSignalboxOrRecords(
        terminal,
        signalbox => watch(signalbox, run, flags, terminal),
        records => watchRecords(records, run, terminal, flags),
      ),
    )
}

async function watch(signalbox: Signalbox, run: string, flags: WatchOptions, terminal: Terminal): Promise<void> {
  const { assertRun } = await import('../../runtime/inspect/run-exists.ts')
  await signalbox.store()
  await assertRun(signalbox, run)
  await watchRun(signalbox, run, terminal, flags)
}
