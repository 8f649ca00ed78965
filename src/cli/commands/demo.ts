import type { Command } from 'commander'
import type { Terminal } from '../terminal.ts'

interface DemoFlags {
  readonly json?: boolean
  readonly keep?: boolean
}

export function addDemo(program: Command, terminal: Terminal): void {
  program
    .command('demo')
    .description('an AI writing tool at work: two runs over seven simulated vendors, faults, fallbacks, the bill')
    .option('--json', 'print one JSON object instead of tables')
    .option('--keep', 'leave server, worker and vendors up until Ctrl-C, to look at the runs in the Temporal UI')
    .action(async (flags: DemoFlags) => {
      const { performDemo } = await import('../demo/perform-demo.ts')
      await performDemo(flags, terminal)
    })
}
