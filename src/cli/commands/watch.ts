import { type Command, Option } from 'commander'
import type { Signalbox } from '../../runtime/client.ts'
import { withSignalboxOrRecords } from '../connections.ts'
import { amount, name } from '../parse/values.ts'
import { keyHere, keyToRead, NO_NAMESPACE } from '../run-meant.ts'
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
        async records => watchRecords(records, await keyToRead(terminal, records, run, NO_NAMESPACE), terminal, flags),
      ),
    )
}

async function watch(signalbox: Signalbox, run: string, flags: WatchOptions, terminal: Terminal): Promise<void> {
  const { describeKnown } = await import('../../runtime/temporal/describe-known.ts')
  const store = await signalbox.store()
  const isKnown = (await describeKnown(signalbox.client, run)) !== undefined
  // The store remembers longer than the server does.
  if (!isKnown && (await watchRecords(store, await keyHere(signalbox, store, run), terminal, flags))) return
  await watchRun(signalbox, run, terminal, flags)
}
