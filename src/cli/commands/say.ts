import type { Command } from 'commander'
import { withSignalbox } from '../session.ts'
import type { Terminal } from '../terminal.ts'

export function addSay(program: Command, terminal: Terminal): void {
  program
    .command('say')
    .description('give a message to a running agent, which reads it before its next call')
    .argument('<run>')
    .argument('<text...>')
    .action((run: string, words: readonly string[]) =>
      withSignalbox(terminal, async signalbox => {
        await signalbox.run(run).say(words.join(' '))
        terminal.print(`run ${run} has the message`)
      }),
    )
}
