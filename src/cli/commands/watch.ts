import type { Command } from 'commander'
import { amount } from '../parse/values.ts'
import { withSignalbox } from '../session.ts'
import type { Terminal } from '../terminal.ts'
import { type WatchOptions, watchRun } from '../watch/watch-run.ts'

export function addWatch(program: Command, terminal: Terminal): void {
  program
    .command('watch')
    .description('show what happens in a run, the text as it comes, until it ends')
    .argument('<run>')
    .option('--after <offset>', 'skip the events up to this one', amount)
    .option('--reasoning', "show the models' reasoning too")
    .option('--json', 'print one JSON object a line for each event')
    .action((run: string, flags: WatchOptions) =>
      withSignalbox(terminal, async signalbox => {
        const { assertRun } = await import('../../runtime/inspect-run.ts')
        await assertRun(signalbox, run)
        await watchRun(signalbox, run, terminal, flags)
      }),
    )
}
