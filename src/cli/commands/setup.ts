import type { Command } from 'commander'
import { withSignalbox } from '../connections.ts'
import { EXIT } from '../exit-codes.ts'
import { type JsonFlag, printJson } from '../print/json.ts'
import type { Terminal } from '../terminal.ts'

export function addSetup(program: Command, terminal: Terminal): void {
  program
    .command('setup')
    .description('register the search attributes by which runs are found in the Temporal UI')
    .option('--json', 'print one JSON object')
    .action((flags: JsonFlag) => setup(flags, terminal))
}

async function setup({ json }: JsonFlag, terminal: Terminal): Promise<void> {
  const { setupSearchAttributes } = await import('../../runtime/temporal/search-attributes.ts')
  const { added, missing, reason, namespace } = await withSignalbox(terminal, async ({ client }) => {
    const { namespace } = client.options
    return { namespace, ...(await setupSearchAttributes(client.connection, namespace)) }
  })
  if (missing.length > 0) terminal.end(EXIT.outOfReach)
  if (json) return printJson(terminal, { namespace, added, missing, ...(reason !== undefined && { reason }) })
  if (added.length > 0) terminal.print(`registered in namespace ${namespace}: ${added.join(', ')}`)
  if (missing.length > 0)
    terminal.print(`missing: ${missing.join(', ')} (${reason}). Runs work without search attributes.`)
  else if (added.length === 0) terminal.print(`namespace ${namespace} already has all search attributes`)
}
