import type { Command } from 'commander'
import { withSignalbox } from '../session.ts'
import type { Terminal } from '../terminal.ts'

export function addEnds(program: Command, terminal: Terminal): void {
  program
    .command('stop')
    .description('end a run after what is already paid for')
    .argument('<run>')
    .action((run: string) => end('stop', run, terminal))
  program
    .command('cancel')
    .description('end a run now; calls on the wire are aborted')
    .argument('<run>')
    .action((run: string) => end('cancel', run, terminal))
}

const TOLD = { stop: 'stops after what is paid for', cancel: 'is being cancelled' } as const

async function end(verb: keyof typeof TOLD, run: string, terminal: Terminal): Promise<void> {
  await withSignalbox(terminal, async signalbox => {
    await signalbox.run(run)[verb]()
    terminal.print(`run ${run} ${TOLD[verb]}`)
  })
}
