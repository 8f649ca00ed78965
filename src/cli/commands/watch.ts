import type { Command } from 'commander'
import { countOf } from '../../core/words/count-of.ts'
import type { Signalbox } from '../../runtime/client.ts'
import type { TreePosition } from '../../runtime/events/tree-events.ts'
import type { Records } from '../../runtime/store/records.ts'
import { withSignalboxOrRecords } from '../connections.ts'
import { EXIT } from '../exit-codes.ts'
import { name, position } from '../parse/values.ts'
import { CliProblem } from '../problem.ts'
import { keyHere, keyToRead, NO_NAMESPACE } from '../run-meant.ts'
import type { Terminal } from '../terminal.ts'
import { type WatchOptions, watchRecords, watchRun } from '../watch/watch-run.ts'

type WatchFlags = Omit<WatchOptions, 'after'> & { readonly after?: number | TreePosition }

export function addWatch(program: Command, terminal: Terminal): void {
  program
    .command('watch')
    .description('show what happens in a run, with the text as it arrives, until it ends')
    .argument('<run>', "the run's id", name)
    .option(
      '--after <offset>',
      'skip the events up to this one; with --below, {"<key>": <offset>, …} for each run, as --json has them',
      position,
    )
    .option('--below', "show what happens in the runs below it too, behind each run's id")
    .option('--reasoning', "show the models' reasoning too")
    .option('--json', 'print one JSON object a line for each event')
    .action((run: string, flags: WatchFlags) => {
      const options = optionsOf(flags)
      return withSignalboxOrRecords(
        terminal,
        signalbox => watch(signalbox, run, options, terminal),
        async records => {
          const key = await keyToRead(terminal, records, run, NO_NAMESPACE)
          await noteUnknownKeys(records, key, options, terminal)
          return watchRecords(records, key, terminal, options)
        },
      )
    })
}

/** An offset is one run's, and a tree has many. */
function optionsOf({ after, ...flags }: WatchFlags): WatchOptions {
  if (after === undefined) return flags
  if (typeof after === 'number' && !flags.below) return { ...flags, after }
  if (typeof after === 'object' && flags.below) return { ...flags, afterEach: after }
  throw new CliProblem(
    EXIT.badInput,
    'with --below, --after takes how far each run was seen, by its key, such as {"<key>": 12}; without it, one offset',
  )
}

async function watch(signalbox: Signalbox, run: string, flags: WatchOptions, terminal: Terminal): Promise<void> {
  const { describeKnown } = await import('../../runtime/temporal/describe-known.ts')
  const store = await signalbox.store()
  const isKnown = (await describeKnown(signalbox.client, run)) !== undefined
  const key = await keyHere(signalbox, store, run)
  await noteUnknownKeys(store, key, flags, terminal)
  // The store remembers longer than the server does.
  if (!isKnown && (await watchRecords(store, key, terminal, flags))) return
  await watchRun(signalbox, run, terminal, flags)
}

/** A run that the position does not name is shown from its beginning, as one is that began after it was taken. */
async function noteUnknownKeys(
  { reports }: Pick<Records, 'reports'>,
  key: string,
  { afterEach }: WatchOptions,
  terminal: Terminal,
): Promise<void> {
  if (!afterEach) return
  const known = new Set((await reports.tree(key)).map(run => run.key))
  const [first, ...others] = Object.keys(afterEach).filter(named => !known.has(named))
  if (first === undefined) return
  const more = others.length === 0 ? '' : ` nor ${countOf(others.length, 'more key')}`
  terminal.note(
    `note: no run here has the key '${first}'${more} that --after names; runs that it does not name are shown from their beginning`,
  )
}
