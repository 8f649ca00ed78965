import type { Command } from 'commander'
import { EXIT } from '../exit-codes.ts'
import { readText } from '../parse/run-input.ts'
import { CliProblem } from '../problem.ts'
import { withSignalbox } from '../session.ts'
import type { Terminal } from '../terminal.ts'

interface Flags {
  readonly file?: string
  readonly id?: string
}

export function addSay(program: Command, terminal: Terminal): void {
  program
    .command('say')
    .description('give a message to a running agent, which reads it before its next call')
    .argument('<run>')
    .argument('[text...]')
    .option('--file <path>', 'the message from a file; - is standard input')
    .option('--id <id>', 'an id of yours for the message: saying it again under the same id changes nothing')
    .action(async (run: string, words: readonly string[], { file, id }: Flags) => {
      const text = await message(words, file, terminal)
      await withSignalbox(terminal, async signalbox => {
        await signalbox.run(run).say(text, { ...(id !== undefined && { id }) })
        terminal.print(`run ${run} has the message`)
      })
    })
}

async function message(words: readonly string[], file: string | undefined, terminal: Terminal): Promise<string> {
  if ((words.length === 0) === (file === undefined))
    throw new CliProblem(EXIT.badInput, 'say something: either the text behind the run, or --file')
  return file === undefined ? words.join(' ') : readText(file, terminal)
}
