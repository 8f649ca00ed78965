import type { Command } from 'commander'
import type { Rehearsal } from '../../runtime/rehearsal/start-rehearsal.ts'
import { name, path, port } from '../parse/values.ts'
import { printJson } from '../print/json.ts'
import { renderTable } from '../print/table.ts'
import type { Terminal } from '../terminal.ts'

interface VendorsFlags {
  readonly script?: string
  readonly config?: string
  readonly host?: string
  readonly port?: number
  readonly json?: boolean
}

export function addVendors(program: Command, terminal: Terminal): void {
  program
    .command('vendors')
    .description('start simulated vendors until Ctrl-C, to try things out or to rehearse an outage')
    .option(
      '--script <path>',
      "a vendors' script: who they are, what they charge and how they fail; beside --config, how its providers answer and fail",
      path,
    )
    .option(
      '--config <path>',
      'a configuration whose providers they stand in for (default: signalbox.yaml), or a script',
      path,
    )
    .option('--host <address>', 'the address that they listen on (default: 127.0.0.1)', name)
    .option('--port <port>', "the first vendor's port; the others get the ports that follow", port)
    .option('--json', 'print one JSON object')
    .action((flags: VendorsFlags) => rehearse(flags, terminal))
}

async function rehearse({ json, ...flags }: VendorsFlags, terminal: Terminal): Promise<void> {
  const { startRehearsal } = await import('../../runtime/rehearsal/start-rehearsal.ts')
  const rehearsal = await startRehearsal({ ...flags, env: terminal.env })
  const interrupted = terminal.interrupted()
  const { vendors } = rehearsal
  if (json) printJson(terminal, { vendors })
  else terminal.print(describe(rehearsal))
  await interrupted
  await rehearsal.close()
}

function describe({ vendors, isForConfiguration }: Rehearsal): string {
  return [
    renderTable(
      [
        { title: 'vendor', cell: vendor => vendor.name },
        { title: 'protocol', cell: vendor => vendor.protocol },
        { title: 'address', cell: vendor => vendor.baseUrl },
        { title: 'what it billed', cell: vendor => vendor.meterUrl },
      ],
      vendors,
    ),
    '',
    ...(isForConfiguration ? linesFor(vendors) : linesForAny(vendors)),
    `To cause a fault of ten seconds: curl -d '[{"kind":"down","untilMs":10000}]' ${new URL('/faults', vendors[0]!.baseUrl).href}`,
    'Ctrl-C ends them.',
  ].join('\n')
}

/** For the configuration whose providers they stand in for. */
function linesFor(vendors: Rehearsal['vendors']): readonly string[] {
  const exports = vendors.flatMap(vendor => vendor.exports)
  const others = vendors.filter(vendor => vendor.exports.length === 0)
  return [
    ...(exports.length > 0 ? ["Run these lines in the worker's shell:", '', ...exports, ''] : []),
    ...(others.length > 0
      ? ['Give these providers in signalbox.yaml these addresses and keys:', '', ...overrides(others)]
      : []),
  ]
}

/** For a configuration of which nothing is known but that it may be like the README's example. */
function linesForAny(vendors: Rehearsal['vendors']): readonly string[] {
  return [
    "For providers whose `baseURL` is one of these variables, run its line in the worker's shell:",
    '',
    ...vendors.flatMap(vendor => vendor.exports),
    '',
    'For any other, give it these in signalbox.yaml:',
    '',
    ...overrides(vendors),
  ]
}

function overrides(vendors: Rehearsal['vendors']): readonly string[] {
  return ['providers:', ...vendors.map(({ override }) => `  ${override}`), '']
}
