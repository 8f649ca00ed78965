import type { Command } from 'commander'
import type { DemoOptions } from '../demo/perform-demo.ts'
import type { Terminal } from '../terminal.ts'

export function addDemo(program: Command, terminal: Terminal): void {
  program
    .command('demo')
    .description(
      'show an AI writing tool at work: two runs over seven simulated vendors, with faults, fallbacks and the bill',
    )
    .option('--json', 'print one JSON object instead of tables')
    .option(
      '--keep',
      'keep server, worker and vendors running until Ctrl-C, so that you can look at the runs in the Temporal UI',
    )
    .action(async (flags: DemoOptions) => {
      const { performDemo } = await import('../demo/perform-demo.ts')
      await performDemo(flags, terminal)
    })
}
