import type { Command } from 'commander'
import type { Signalbox } from '../../runtime/client.ts'
import type { Records } from '../../runtime/store/records.ts'
import { withSignalboxOrRecords } from '../connections.ts'
import { EXIT } from '../exit-codes.ts'
import { name } from '../parse/values.ts'
import { inspectionJson, inspectionWords } from '../print/inspection.ts'
import { type JsonFlag, printJson } from '../print/json.ts'
import { outcomeWords } from '../print/outcome.ts'
import { keyToRead, NO_NAMESPACE } from '../run-meant.ts'
import type { Terminal } from '../terminal.ts'

export function addShow(program: Command, terminal: Terminal): void {
  program
    .command('show')
    .description(
      'show a run: its input, outcome or state, budget, cost, calls, tools, open children and pending approvals',
    )
    .argument('<run>', "the run's id or key", name)
    .option('--json', 'print one JSON object')
    .action((run: string, flags: JsonFlag) => show(run, flags, terminal))
}

async function show(id: string, { json }: JsonFlag, terminal: Terminal): Promise<void> {
  const showing = async (signalbox: Signalbox) => {
    const [{ inspectRun }, { unlessUntold }, { isGone }] = await Promise.all([
      import('../../runtime/inspect/inspect-run.ts'),
      import('../../runtime/temporal/grpc-answer.ts'),
      import('../../runtime/seals/unread.ts'),
    ])
    const inspection = await inspectRun(signalbox, id)
    const run = signalbox.run(inspection.report?.id ?? id)
    const url = inspection.isReplaced ? undefined : await run.url().catch(unlessUntold)
    const { unread, gave } = inspection
    // Where the key is there for somebody, whoever asked has a setting to mend.
    if (unread && !isGone(unread)) terminal.end(EXIT.outOfReach)
    const { kind: _, message: __, ...given } = gave ?? {}
    if (json) return printJson(terminal, { url, ...inspectionJson(inspection), ...given })
    const words = gave ? outcomeWords(gave) : []
    terminal.print([inspectionWords(id, url, inspection, terminal), ...words].join('\n\n'))
  }
  await withSignalboxOrRecords(terminal, showing, records => showRecords(records, id, json, terminal))
}

async function showRecords(
  records: Records,
  id: string,
  json: boolean | undefined,
  terminal: Terminal,
): Promise<boolean> {
  const { inspectRecords } = await import('../../runtime/inspect/inspect-run.ts')
  const inspection = await inspectRecords(records, await keyToRead(terminal, records, id, NO_NAMESPACE))
  if (!inspection) return false
  if (json) printJson(terminal, inspectionJson(inspection))
  else terminal.print(inspectionWords(id, undefined, inspection, terminal))
  return true
}
